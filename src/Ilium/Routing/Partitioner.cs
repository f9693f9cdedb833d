using System.Diagnostics.CodeAnalysis;

namespace Ilium.Routing;

/// <summary>How a cluster turns the partition key of a row into a token. Stateless.</summary>
internal abstract class Partitioner
{
    /// <summary>The partitioner a server names, with or without its package; null for one the driver does not know, such as the virtual tables' own.</summary>
    internal static Partitioner? Find(string? name) => name?[(name.LastIndexOf('.') + 1)..] switch
    {
        "Murmur3Partitioner" => Murmur3Partitioner.Instance,
        "RandomPartitioner" => RandomPartitioner.Instance,
        "ByteOrderedPartitioner" => ByteOrderedPartitioner.Instance,
        _ => null,
    };

    /// <summary>The token of a serialized partition key.</summary>
    internal abstract Token Hash(ReadOnlySpan<byte> key);

    /// <summary>A token as the system tables spell it.</summary>
    internal abstract bool TryParse(string text, out Token token);

    /// <summary>An index over the tokens, which are sorted already and of this partitioner.</summary>
    internal abstract TokenIndex Index(ReadOnlySpan<Token> sorted);
}
