namespace Ilium.TestKit;

/// <summary>What follows the text or id in QUERY and EXECUTE (§4.1.4), and the text or ids before it.</summary>
public sealed record RequestParts
{
    /// <summary>Text of QUERY and PREPARE. For EXECUTE the server puts in the text that the id was prepared from, if it knows it.</summary>
    public string? Cql { get; init; }

    public byte[]? PreparedId { get; init; }

    /// <summary>v5 EXECUTE only.</summary>
    public byte[]? ResultMetadataId { get; init; }

    public ushort Consistency { get; init; }

    public IReadOnlyList<RequestValue> Values { get; init; } = [];

    /// <summary>One name for each value, or null when values are positional.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public bool SkipMetadata { get; init; }

    public int? PageSize { get; init; }

    public byte[]? PagingState { get; init; }

    public ushort? SerialConsistency { get; init; }

    public long? Timestamp { get; init; }

    public string? Keyspace { get; init; }

    public int? NowInSeconds { get; init; }

    /// <summary>BATCH: 0 logged, 1 unlogged, 2 counter.</summary>
    public byte? BatchType { get; init; }

    public IReadOnlyList<BatchEntry> Entries { get; init; } = [];

    /// <summary>STARTUP's options.</summary>
    public IReadOnlyDictionary<string, string> StartupOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>REGISTER's event types.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>AUTH_RESPONSE's token.</summary>
    public byte[]? Token { get; init; }
}

/// <summary>One statement of a BATCH: text or prepared id, with its values.</summary>
public sealed record BatchEntry(string? Cql, byte[]? PreparedId, IReadOnlyList<RequestValue> Values);
