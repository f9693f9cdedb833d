using System.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// Compression of one envelope's body, as v3 and v4 do it (native protocol §5). Stateless: one instance serves all connections.
/// </summary>
internal abstract class EnvelopeCompressor
{
    // Below this, finding matches costs more than the bytes it saves: the hash table alone is larger.
    internal const int SmallestBody = 256;

    /// <summary>The name STARTUP and SUPPORTED use.</summary>
    internal abstract string Name { get; }

    /// <summary>The format can't give more than this many bytes for one: what states more is refused before memory is taken.</summary>
    private protected abstract int LargestRatio { get; }

    /// <summary>How many bytes <see cref="Compress"/> may need for a body of <paramref name="length"/> bytes.</summary>
    internal abstract int LargestResult(int length);

    /// <summary>Compresses into <paramref name="destination"/> and returns the bytes used.</summary>
    internal abstract int Compress(ReadOnlySpan<byte> body, Span<byte> destination);

    /// <summary>
    /// Decompresses into an array from the shared pool, which then belongs to the caller. The size the body states is checked against
    /// <paramref name="maxLength"/> before memory is taken, and must be what comes out.
    /// </summary>
    internal byte[] Decompress(ReadOnlySpan<byte> body, int maxLength, out int length)
    {
        var stated = ReadLength(body, out var block);
        if (stated < 0 || stated > maxLength)
        {
            throw new MalformedResponseException(
                $"The server sent a {Name} body that states an uncompressed size of {stated} bytes; at most {maxLength} are accepted.");
        }

        if (stated > (long)block.Length * LargestRatio)
        {
            throw new MalformedResponseException(
                $"The server sent a {Name} body of {body.Length} bytes that states an uncompressed size of {stated}, "
                + "more than the format can give.");
        }

        var array = ArrayPool<byte>.Shared.Rent((int)stated);
        if (stated == 0 ? !IsEmptyBlock(block) : !TryDecompress(block, array.AsSpan(0, (int)stated)))
        {
            ArrayPool<byte>.Shared.Return(array);
            throw new MalformedResponseException(
                $"The server sent a {Name} body of {body.Length} bytes that does not decompress to the {stated} bytes it states.");
        }

        length = (int)stated;
        return array;
    }

    /// <summary>Reads the stated size; <paramref name="block"/> is what <see cref="TryDecompress"/> wants.</summary>
    private protected abstract long ReadLength(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> block);

    /// <summary>True if the block gives exactly as many bytes as <paramref name="destination"/> holds.</summary>
    private protected abstract bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination);

    /// <summary>True for the encoding of no bytes at all: servers compress even the empty body of READY.</summary>
    private protected abstract bool IsEmptyBlock(ReadOnlySpan<byte> block);
}
