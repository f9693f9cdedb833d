namespace Ilium.TestKit;

/// <summary>What may come before the body of a response, and how it is sent.</summary>
public sealed record ReplyOptions
{
    /// <summary>The stream id to answer on, if not the request's.</summary>
    public short? StreamId { get; init; }

    public Guid? TracingId { get; init; }

    public IReadOnlyCollection<string>? Warnings { get; init; }

    public IReadOnlyDictionary<string, byte[]?>? CustomPayload { get; init; }

    /// <summary>v3 and v4: whether to compress the body; by default whenever a compression was agreed on, even READY's empty one, as Cassandra does.</summary>
    public bool? Compress { get; init; }

    /// <summary>The version byte to send, if not the request's version with the response bit.</summary>
    public byte? VersionByte { get; init; }
}

/// <summary>How rows are described.</summary>
public sealed record RowsOptions
{
    /// <summary>More pages follow; the client hands this back.</summary>
    public byte[]? PagingState { get; init; }

    /// <summary>v5: the metadata changed; sent with the columns.</summary>
    public byte[]? NewMetadataId { get; init; }

    /// <summary>Leave the columns out. Default: as the request asks.</summary>
    public bool? NoMetadata { get; init; }

    /// <summary>Keyspace and table for each column instead of once.</summary>
    public bool TableSpecPerColumn { get; init; }
}
