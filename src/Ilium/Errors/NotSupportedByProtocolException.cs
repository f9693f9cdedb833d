namespace Ilium;

/// <summary>A request uses something that the agreed protocol version can't carry. Nothing was sent.</summary>
public sealed class NotSupportedByProtocolException : CassandraException
{
    internal NotSupportedByProtocolException(string feature, ProtocolVersion needed, ProtocolVersion actual)
        : base($"{feature} needs native protocol {needed}; this cluster speaks {actual}.")
    {
        Feature = feature;
        Needed = needed;
        Actual = actual;
    }

    /// <summary>What was asked for.</summary>
    public string Feature { get; }

    /// <summary>The version that has it.</summary>
    public ProtocolVersion Needed { get; }

    /// <summary>The version that was agreed on.</summary>
    public ProtocolVersion Actual { get; }
}
