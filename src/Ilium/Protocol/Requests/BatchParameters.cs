namespace Ilium.Protocol;

/// <summary>
/// What a batch says beside its statements. Names for values are left out: the protocol's way to send them does not work (CASSANDRA-10246).
/// </summary>
internal readonly struct BatchParameters
{
    internal ConsistencyLevel Consistency { get; init; }

    internal ConsistencyLevel? SerialConsistency { get; init; }

    /// <summary>Microseconds since 1970; null for the server to choose.</summary>
    internal long? Timestamp { get; init; }

    /// <summary>v5 only.</summary>
    internal string? Keyspace { get; init; }

    /// <summary>v5 only.</summary>
    internal int? NowInSeconds { get; init; }
}
