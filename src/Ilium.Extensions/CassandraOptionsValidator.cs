using Microsoft.Extensions.Options;

namespace Ilium.Extensions;

/// <summary>Throws the driver's own exception, which lists every fault: the options of a cluster are either right or a reason not to start.</summary>
internal sealed class CassandraOptionsValidator(ClusterRegistration registration) : IValidateOptions<CassandraOptions>
{
    /// <exception cref="InvalidOptionsException">There is a fault.</exception>
    public ValidateOptionsResult Validate(string? name, CassandraOptions options)
    {
        if (name != registration.OptionsName)
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> faults = [.. options.Faults()];
        try
        {
            options.Cluster?.Validate();
        }
        catch (InvalidOptionsException e)
        {
            faults.AddRange(e.Faults);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : throw new InvalidOptionsException([.. faults.Select(registration.Name)]);
    }
}
