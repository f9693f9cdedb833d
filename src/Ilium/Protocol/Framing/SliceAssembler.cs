using System.Buffers;

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
            _body = ArrayPool<byte>.Shared.Rent(_header.BodyLength);
            _bodyFilled = 0;
        }

        var missing = _header.BodyLength - _bodyFilled;
        if (slice.Length > missing)
        {
            throw new MalformedResponseException(
                $"The server sent a slice of {slice.Length} bytes where only {missing} were missing from its envelope.");
        }

        slice.CopyTo(_body.AsSpan(_bodyFilled));
        _bodyFilled += slice.Length;
        if (_bodyFilled == _header.BodyLength)
        {
            var body = _body;
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
