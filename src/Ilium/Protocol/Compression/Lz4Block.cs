using K4os.Compression.LZ4;

namespace Ilium.Protocol;

/// <summary>A raw LZ4 block whose uncompressed size is known from elsewhere.</summary>
internal static class Lz4Block
{
    /// <summary>True if the block is valid and gives exactly as many bytes as <paramref name="destination"/> holds.</summary>
    internal static bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination) =>
        !block.IsEmpty && LZ4Codec.Decode(block, destination) == destination.Length;
}
