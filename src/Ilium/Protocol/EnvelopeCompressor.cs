using System.Buffers;
using System.Buffers.Binary;
using Ilium.Buffers;
using K4os.Compression.LZ4;
using Snappier;

namespace Ilium.Protocol;

/// <summary>Compresses the bodies of v3 and v4 envelopes, each by itself (native protocol v4 §5). Stateless.</summary>
internal abstract class EnvelopeCompressor
{
    internal static EnvelopeCompressor Lz4 { get; } = new Lz4Compressor();

    internal static EnvelopeCompressor Snappy { get; } = new SnappyCompressor();

    /// <summary>As STARTUP and SUPPORTED write it.</summary>
    internal abstract string Name { get; }

    /// <summary>The most bytes that <see cref="Compress"/> writes for a body.</summary>
    internal abstract int MaxSize(int length);

    /// <summary>Compresses a body; returns the bytes written.</summary>
    internal abstract int Compress(ReadOnlySpan<byte> body, Span<byte> destination);

    /// <summary>Decompresses a body of at most <paramref name="limit"/> bytes; what it says of its size is checked before memory is taken.</summary>
    internal PooledBody Decompress(ReadOnlySpan<byte> body, int limit)
    {
        var length = ReadLength(ref body);
        if ((uint)length > (uint)limit)
        {
            throw new MalformedResponseException($"A compressed body announces {(uint)length:N0} bytes; at most {limit:N0} are taken.");
        }

        if (length == 0)
        {
            return new PooledBody([], 0, 0);
        }

        var array = ArrayPool<byte>.Shared.Rent(length);
        if (!TryDecompress(body, array.AsSpan(0, length)))
        {
            ArrayPool<byte>.Shared.Return(array);
            throw new MalformedResponseException($"A body of {body.Length} bytes is not {Name} of {length} bytes.");
        }

        return new PooledBody(array, 0, length);
    }

    protected abstract int ReadLength(ref ReadOnlySpan<byte> body);

    /// <summary>False unless the bytes give exactly <paramref name="target"/>.</summary>
    protected abstract bool TryDecompress(ReadOnlySpan<byte> body, Span<byte> target);

    private sealed class Lz4Compressor : EnvelopeCompressor
    {
        internal override string Name => "lz4";

        internal override int MaxSize(int length) => sizeof(int) + LZ4Codec.MaximumOutputSize(length);

        internal override int Compress(ReadOnlySpan<byte> body, Span<byte> destination)
        {
            // The uncompressed length comes first, big-endian, which LZ4 itself does not have.
            BinaryPrimitives.WriteInt32BigEndian(destination, body.Length);
            return sizeof(int) + LZ4Codec.Encode(body, destination[sizeof(int)..]);
        }

        protected override int ReadLength(ref ReadOnlySpan<byte> body)
        {
            if (body.Length < sizeof(int))
            {
                throw new MalformedResponseException($"An LZ4 body of {body.Length} bytes has no length.");
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(body);
            body = body[sizeof(int)..];
            return length;
        }

        protected override bool TryDecompress(ReadOnlySpan<byte> body, Span<byte> target) => LZ4Codec.Decode(body, target) == target.Length;
    }

    private sealed class SnappyCompressor : EnvelopeCompressor
    {
        internal override string Name => "snappy";

        internal override int MaxSize(int length) => Snappier.Snappy.GetMaxCompressedLength(length);

        internal override int Compress(ReadOnlySpan<byte> body, Span<byte> destination) => Snappier.Snappy.Compress(body, destination);

        protected override int ReadLength(ref ReadOnlySpan<byte> body)
        {
            try
            {
                return Snappier.Snappy.GetUncompressedLength(body);
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                throw new MalformedResponseException("A Snappy body has no readable length.", e);
            }
        }

        protected override bool TryDecompress(ReadOnlySpan<byte> body, Span<byte> target)
        {
            try
            {
                return Snappier.Snappy.Decompress(body, target) == target.Length;
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                return false;
            }
        }
    }
}
