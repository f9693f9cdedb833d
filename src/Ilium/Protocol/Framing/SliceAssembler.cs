using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Ilium.Protocol;

/// <summary>Puts one envelope together from the slices of several v5 segments. Even its header may be cut.</summary>
internal sealed class SliceAssembler : IDisposable
{
    private readonly EnvelopeRules _rules;
    private readonly byte[] _headerBytes = new byte[EnvelopeHeader.Size];
    private int _headerFilled;
    private EnvelopeHeader _header;
    private byte[]? _body;
    private int _bodyFilled;

    internal SliceAssembler(EnvelopeRules rules)
    {
        _rules = rules;
    }

    /// <summary>True while an envelope has begun and not ended.</summary>
    internal bool InProgress => _headerFilled > 0;

    internal void Append(ReadOnlySpan<byte> slice, IEnvelopeSink sink)
    {
        if (_body is null)
        {
            var count = Math.Min(EnvelopeHeader.Size - _headerFilled, slice.Length);
            slice[..count].CopyTo(_headerBytes.AsSpan(_headerFilled));
            _headerFilled += count;
            slice = slice[count..];
            if (_headerFilled < EnvelopeHeader.Size)
            {
                return;
            }

            _header = _rules.Read(_headerBytes);
            // A slice that is received into its place has the segment's trailer behind it.
            _body = ArrayPool<byte>.Shared.Rent(_header.BodyLength + SegmentCodec.TrailerSize);
            _bodyFilled = 0;
        }

        var missing = _header.BodyLength - _bodyFilled;
        if (slice.Length > missing)
        {
            throw new MalformedResponseException(
                $"The server sent a slice of {slice.Length} bytes where only {missing} were missing from its envelope.");
        }

        slice.CopyTo(_body.AsSpan(_bodyFilled));
        Filled(slice.Length, sink);
    }

    /// <summary>
    /// The place where the next slice and its trailer can be received, so that it need not be copied. False when it is not known yet, or
    /// when the slice is longer than what is missing, which <see cref="Append"/> explains.
    /// </summary>
    internal bool TryGetPlace(int sliceLength, [NotNullWhen(true)] out byte[]? body, out int start)
    {
        body = _body;
        start = _bodyFilled;
        return body is not null && sliceLength <= _header.BodyLength - _bodyFilled;
    }

    /// <summary>Says that the next slice stands in its place and is sound.</summary>
    internal void Filled(int sliceLength, IEnvelopeSink sink)
    {
        _bodyFilled += sliceLength;
        if (_bodyFilled == _header.BodyLength)
        {
            var body = _body!;
            _body = null;
            _headerFilled = 0;
            sink.OnEnvelope(in _header, body, 0, _bodyFilled);
        }
    }

    public void Dispose()
    {
        if (_body is { } body)
        {
            _body = null;
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}
