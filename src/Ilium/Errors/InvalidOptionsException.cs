namespace Ilium;

/// <summary>
/// Options, a connection string or the files they name cannot be used. All faults are reported at once, each with the option it is in and
/// what to do about it. Passwords never appear in the message.
/// </summary>
public sealed class InvalidOptionsException : CassandraException
{
    internal InvalidOptionsException(IReadOnlyList<string> faults, Exception? innerException = null)
        : base(Describe(faults), innerException)
    {
        Faults = [.. faults];
    }

    /// <summary>One sentence for each fault, at least one.</summary>
    public IReadOnlyList<string> Faults { get; }

    private static string Describe(IReadOnlyList<string> faults) => faults.Count == 1
        ? $"The options cannot be used: {faults[0]}"
        : $"The options cannot be used, for {faults.Count} reasons:\n- {string.Join("\n- ", faults)}";
}
