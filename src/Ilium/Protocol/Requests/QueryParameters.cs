namespace Ilium.Protocol;

/// <summary>Which parts of the parameters are present (native protocol §4.1.4): a byte in v3 and v4, an int in v5.</summary>
[Flags]
internal enum QueryFlags
{
    None = 0,
    Values = 0x01,
    SkipMetadata = 0x02,
    PageSize = 0x04,
    PagingState = 0x08,
    SerialConsistency = 0x10,
    Timestamp = 0x20,
    ValueNames = 0x40,
    Keyspace = 0x80,
    NowInSeconds = 0x100,
}

/// <summary>Everything QUERY and EXECUTE say beside what to run.</summary>
internal readonly ref struct QueryParameters
{
    internal ConsistencyLevel Consistency { get; init; }

    /// <summary>The values one after the other as [value]s: an int length (-1 null, -2 unset) and the bytes.</summary>
    internal ReadOnlySpan<byte> EncodedValues { get; init; }

    internal int ValueCount { get; init; }

    /// <summary>One name per value, in the order of the values; null when they are bound by position.</summary>
    internal string[]? ValueNames { get; init; }

    /// <summary>Whether the answer may leave out its columns because the caller has them.</summary>
    internal bool SkipMetadata { get; init; }

    /// <summary>Rows per page; 0 or less for the server to send all.</summary>
    internal int PageSize { get; init; }

    /// <summary>Where the previous page ended; empty for the first page.</summary>
    internal ReadOnlyMemory<byte> PagingState { get; init; }

    internal ConsistencyLevel? SerialConsistency { get; init; }

    /// <summary>Microseconds since 1970; null for the server to choose.</summary>
    internal long? Timestamp { get; init; }

    /// <summary>v5 only.</summary>
    internal string? Keyspace { get; init; }

    /// <summary>v5 only: the server's idea of now, for TTLs, in seconds since 1970.</summary>
    internal int? NowInSeconds { get; init; }
}
