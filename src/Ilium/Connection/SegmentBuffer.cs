using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>
/// Protocol v5: envelopes are copied straight to their place in a segment (native protocol v5 §2.2), with room left for its header and
/// trailer. The check sums, and compression where it was negotiated, are done once per segment by the flusher.
/// </summary>
internal sealed class SegmentBuffer : OutgoingBuffer
{
    private readonly List<Segment> _segments = [];
    private readonly bool _compress;
    private byte[] _compressedBytes = [];
    private int _open = -1;

    /// <param name="compress">True when LZ4 was negotiated.</param>
    internal SegmentBuffer(bool compress)
    {
        _compress = compress;
    }

    internal override void Append(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > SegmentCodec.MaxPayload)
        {
            AppendSlices(envelope);
            return;
        }

        if (_open >= 0 && Length - _open - SegmentCodec.PlainHeaderSize + envelope.Length > SegmentCodec.MaxPayload)
        {
            CloseSegment(selfContained: true);
        }

        if (_open < 0)
        {
            OpenSegment();
        }

        envelope.CopyTo(Reserve(envelope.Length));
    }

    internal override ReadOnlySpan<byte> Seal()
    {
        if (_open >= 0)
        {
            CloseSegment(selfContained: true);
        }

        return _compress ? SealCompressed() : SealPlain();
    }

    internal override void Clear()
    {
        _segments.Clear();
        _open = -1;
        if (_compressedBytes.Length > KeptCapacity)
        {
            _compressedBytes = [];
        }

        base.Clear();
    }

    private ReadOnlySpan<byte> SealPlain()
    {
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(_segments))
        {
            var payload = Bytes.Slice(segment.Start + SegmentCodec.PlainHeaderSize, segment.PayloadLength);
            SegmentCodec.WritePlainHeader(Bytes[segment.Start..], segment.PayloadLength, segment.IsSelfContained);
            BinaryPrimitives.WriteUInt32LittleEndian(
                Bytes[(segment.Start + SegmentCodec.PlainHeaderSize + segment.PayloadLength)..],
                SegmentCodec.Trailer(payload));
        }

        return Bytes;
    }

    private ReadOnlySpan<byte> SealCompressed()
    {
        var length = 0;
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(_segments))
        {
            var payload = Bytes.Slice(segment.Start + SegmentCodec.PlainHeaderSize, segment.PayloadLength);
            var most = length + SegmentCodec.CompressedHeaderSize + payload.Length + SegmentCodec.TrailerSize;
            if (most > _compressedBytes.Length)
            {
                Array.Resize(ref _compressedBytes, Math.Max(most, _compressedBytes.Length * 2));
            }

            length += SegmentCodec.WriteCompressed(payload, segment.IsSelfContained, _compressedBytes.AsSpan(length));
        }

        return _compressedBytes.AsSpan(0, length);
    }

    private void AppendSlices(ReadOnlySpan<byte> envelope)
    {
        if (_open >= 0)
        {
            CloseSegment(selfContained: true);
        }

        while (!envelope.IsEmpty)
        {
            var slice = envelope[..Math.Min(envelope.Length, SegmentCodec.MaxPayload)];
            OpenSegment();
            slice.CopyTo(Reserve(slice.Length));
            CloseSegment(selfContained: false);
            envelope = envelope[slice.Length..];
        }
    }

    private void OpenSegment()
    {
        _open = Length;
        Reserve(SegmentCodec.PlainHeaderSize);
    }

    private void CloseSegment(bool selfContained)
    {
        _segments.Add(new Segment(_open, Length - _open - SegmentCodec.PlainHeaderSize, selfContained));
        Reserve(SegmentCodec.TrailerSize);
        _open = -1;
    }

    private readonly record struct Segment(int Start, int PayloadLength, bool IsSelfContained);
}
