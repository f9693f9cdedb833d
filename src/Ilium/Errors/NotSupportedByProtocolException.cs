namespace Ilium;

/// <summary>
/// The request needs something that the protocol version spoken with the cluster can't carry. Nothing was sent.
/// </summary>
public sealed class NotSupportedByProtocolException : CassandraException
{
    internal NotSupportedByProtocolException(string feature, ProtocolVersion required, ProtocolVersion actual)
        : base($"{feature} needs native protocol v{(byte)required}; this connection speaks v{(byte)actual}.")
    {
        Feature = feature;
        RequiredVersion = required;
        ActualVersion = actual;
    }

    /// <summary>What was asked for, for example "A keyspace per request".</summary>
    public string Feature { get; }

    /// <summary>The first version that can carry it.</summary>
    public ProtocolVersion RequiredVersion { get; }

    /// <summary>The version spoken with the cluster.</summary>
    public ProtocolVersion ActualVersion { get; }
}
