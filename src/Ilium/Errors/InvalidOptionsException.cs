namespace Ilium;

/// <summary>
/// Options, a connection string or the files they name cannot be used. All faults are reported at once, each with the option it is in and
/// what to do about it. Passwords never appear in the message.
/// </summary>
public sealed class InvalidOptionsException : CassandraException
{
    /// <summary>For what checks options of its own, such as a package on top of the driver.</summary>
    /// <param name="faults">One sentence for each fault, without secrets; at least one.</param>
    /// <param name="innerException">What one of them was found by.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public InvalidOptionsException(IReadOnlyList<string> faults, Exception? innerException = null)
        : base(Describe(faults), innerException)
    {
        Faults = [.. faults];
    }

    /// <summary>One sentence for each fault, at least one.</summary>
    public IReadOnlyList<string> Faults { get; }

    private static string Describe(IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return faults.Count switch
        {
            0 => throw new ArgumentException("There is no fault in it.", nameof(faults)),
            1 => $"The options cannot be used: {faults[0]}",
            _ => $"The options cannot be used, for {faults.Count} reasons:\n- {string.Join("\n- ", faults)}",
        };
    }
}
