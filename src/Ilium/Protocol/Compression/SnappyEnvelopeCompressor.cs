using Snappier;

namespace Ilium.Protocol;

/// <summary>Snappy for v3 and v4: a raw block, which begins with its own length.</summary>
internal sealed class SnappyEnvelopeCompressor : EnvelopeCompressor
{
    internal override string Name => "snappy";

    private protected override int LargestRatio => 64;

    internal override int LargestResult(int length) => Snappy.GetMaxCompressedLength(length);

    internal override int Compress(ReadOnlySpan<byte> body, Span<byte> destination) => Snappy.Compress(body, destination);

    // Read here and not by the library: its own reader signals a bad or negative length in several ways.
    private protected override long ReadLength(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> block)
    {
        block = body;
        long length = 0;
        for (var i = 0; i < body.Length && i < 5; i++)
        {
            length |= (long)(body[i] & 0x7F) << (7 * i);
            if (body[i] < 0x80)
            {
                return length;
            }
        }

        throw new MalformedResponseException($"The server sent a snappy body of {body.Length} bytes without a valid length.");
    }

    private protected override bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        try
        {
            return Snappy.TryDecompress(block, destination, out var written) && written == destination.Length;
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            return false;
        }
    }

    private protected override bool IsEmptyBlock(ReadOnlySpan<byte> block) => block.Length == 1;
}
