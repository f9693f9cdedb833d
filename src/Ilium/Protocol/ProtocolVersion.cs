namespace Ilium;

/// <summary>Versions of the native protocol that Ilium speaks.</summary>
public enum ProtocolVersion : byte
{
    /// <summary>v3: Cassandra 2.1 and later.</summary>
    V3 = 3,

    /// <summary>v4: Cassandra 2.2 and later; unset values, warnings, custom payloads.</summary>
    V4 = 4,

    /// <summary>v5: Cassandra 4.0 and later; checksummed segments, a keyspace per request, result metadata ids.</summary>
    V5 = 5,
}
