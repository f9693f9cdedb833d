using Ilium.Routing;

namespace Ilium;

/// <summary>The bytes of a partition key, as they are hashed into a token. Immutable.</summary>
/// <remarks>
/// Prepared statements, and simple statements with values, find their keys by themselves. This is for statements that don't, through
/// <see cref="ExecutionOptions.RoutingKey"/>, and for asking <see cref="ClusterMetadata"/> where data is.
/// </remarks>
public readonly struct RoutingKey : IEquatable<RoutingKey>
{
    private readonly byte[]? _bytes;

    private RoutingKey(byte[] bytes)
    {
        _bytes = bytes;
    }

    /// <summary>The serialized key; empty for the default value, which is no key.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>A key of one or more components.</summary>
    /// <param name="components">The value of each column of the partition key, in the table's order, serialized as its CQL type; copied.</param>
    /// <exception cref="ArgumentException">There is none, or one of several is longer than 65,535 bytes.</exception>
    public static RoutingKey FromComponents(params ReadOnlySpan<ReadOnlyMemory<byte>> components)
    {
        if (components.Length == 0)
        {
            throw new ArgumentException("A partition key has at least one component.", nameof(components));
        }

        if (components.Length == 1)
        {
            return new RoutingKey(components[0].ToArray());
        }

        foreach (var component in components)
        {
            if (component.Length > ushort.MaxValue)
            {
                throw new ArgumentException($"A component of a key of several has at most {ushort.MaxValue} bytes, not {component.Length}.", nameof(components));
            }
        }

        return new RoutingKey(PartitionKey.Compose(components));
    }

    /// <summary>True for the same bytes.</summary>
    /// <param name="left">A key.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(RoutingKey left, RoutingKey right) => left.Equals(right);

    /// <summary>False for the same bytes.</summary>
    /// <param name="left">A key.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(RoutingKey left, RoutingKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(RoutingKey other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RoutingKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes.Span);

    /// <summary>Bytes that nobody else holds.</summary>
    internal static RoutingKey Of(byte[] bytes) => new(bytes);
}
