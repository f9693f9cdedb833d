using System.Security.Cryptography;
using System.Text;

namespace Ilium.TestKit;

/// <summary>What the scripted server knows about one CQL text: how PREPARE describes it and what QUERY and EXECUTE answer.</summary>
public sealed record ServerStatement
{
    public IReadOnlyList<ColumnSpec> Bind { get; init; } = [];

    /// <summary>Further flags of the bind markers' metadata, in which servers keep marks of their own.</summary>
    public int BindFlags { get; init; }

    public IReadOnlyList<ColumnSpec> Result { get; init; } = [];

    /// <summary>The rows to answer with when there are result columns; otherwise the answer is VOID.</summary>
    public IReadOnlyList<byte[]?[]> Rows { get; init; } = [];

    /// <summary>Indexes of the bind markers that make up the partition key (v4 and later).</summary>
    public IReadOnlyList<int> PartitionKey { get; init; } = [];

    /// <summary>v5, and where ScyllaDB's extension was agreed on. By default a digest of the result columns, as a server does it.</summary>
    public byte[] ResultMetadataId
    {
        get => field ?? Digest(Result);
        init;
    }

    private static byte[] Digest(IReadOnlyList<ColumnSpec> columns)
    {
        var text = string.Join('\n', columns.Select(c => $"{c.Keyspace}.{c.Table}.{c.Name}:{Convert.ToHexString(c.Type)}"));
        return SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
    }
}
