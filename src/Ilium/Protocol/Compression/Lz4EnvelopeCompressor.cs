using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Ilium.Protocol;

/// <summary>LZ4 for v3 and v4: the uncompressed length as four big-endian bytes, then one raw block.</summary>
internal sealed class Lz4EnvelopeCompressor : EnvelopeCompressor
{
    private const int LengthSize = 4;

    internal override string Name => "lz4";

    private protected override int LargestRatio => 255;

    internal override int LargestResult(int length) => LengthSize + LZ4Codec.MaximumOutputSize(length);

    internal override int Compress(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, body.Length);
        return LengthSize + LZ4Codec.Encode(body, destination[LengthSize..]);
    }

    private protected override long ReadLength(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> block)
    {
        if (body.Length < LengthSize)
        {
            throw new MalformedResponseException($"The server sent an lz4 body of {body.Length} bytes, shorter than its own length field.");
        }

        block = body[LengthSize..];
        return BinaryPrimitives.ReadInt32BigEndian(body);
    }

    private protected override bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination) =>
        Lz4Block.TryDecompress(block, destination);

    private protected override bool IsEmptyBlock(ReadOnlySpan<byte> block) => block.IsEmpty || (block.Length == 1 && block[0] == 0);
}
