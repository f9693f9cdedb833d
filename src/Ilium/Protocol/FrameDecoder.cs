using System.Buffers;
using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// Turns received bytes into envelopes. The only reader of a connection's bytes; holds no socket.
/// </summary>
/// <remarks>
/// Threads: one at a time, the connection's reader.
/// Ownership: small bodies are handed out in place; a large one that spans reads is gathered in an array of its own, exactly as long as its
/// header says, and given to the sink.
/// </remarks>
internal abstract class FrameDecoder(ProtocolVersion version) : IDisposable
{
    /// <summary>The largest body taken from a server: what servers allow by default (native_transport_max_frame_size), 256 MiB.</summary>
    internal const int MaxBodyLength = 256 * 1024 * 1024;

    private EnvelopeHeader _partialHeader;
    private byte[]? _partial;
    private int _partialLength;

    /// <summary>Where bytes may be received directly, past the receive buffer: the rest of a large body. Empty most of the time.</summary>
    internal virtual Span<byte> FillTarget => default;

    /// <summary>Splits what has been received; returns how many bytes are done with. The rest is offered again with more behind it.</summary>
    internal abstract int Decode(ReadOnlySpan<byte> received, IEnvelopeSink sink);

    /// <summary>Says that bytes were received into <see cref="FillTarget"/>.</summary>
    internal virtual void Filled(int count, IEnvelopeSink sink)
    {
    }

    public virtual void Dispose() => ReturnPartial();

    /// <summary>True while a body is being gathered in an array of its own.</summary>
    protected bool IsGathering => _partial is not null;

    protected Span<byte> GatherTarget => _partial is null ? default : _partial.AsSpan(_partialLength, _partialHeader.BodyLength - _partialLength);

    protected void BeginGathering(in EnvelopeHeader header)
    {
        _partialHeader = header;
        _partial = ArrayPool<byte>.Shared.Rent(Math.Max(1, header.BodyLength));
        _partialLength = 0;
    }

    /// <summary>Adds to the body being gathered; returns how much was taken, and hands the envelope out when it is whole.</summary>
    protected int Gather(ReadOnlySpan<byte> bytes, IEnvelopeSink sink)
    {
        var target = GatherTarget;
        var count = Math.Min(target.Length, bytes.Length);
        bytes[..count].CopyTo(target);
        Gathered(count, sink);
        return count;
    }

    protected void Gathered(int count, IEnvelopeSink sink)
    {
        _partialLength += count;
        if (_partialLength == _partialHeader.BodyLength)
        {
            var body = new PooledBody(_partial!, 0, _partialLength);
            _partial = null;
            Deliver(_partialHeader, body, sink);
        }
    }

    /// <summary>Hands out a gathered envelope; overridden where bodies may be compressed.</summary>
    protected virtual void Deliver(in EnvelopeHeader header, PooledBody body, IEnvelopeSink sink) => sink.OnEnvelope(header, body);

    /// <summary>Reads and checks a header; the body's length can be trusted afterwards.</summary>
    protected EnvelopeHeader ReadHeader(ReadOnlySpan<byte> bytes)
    {
        CheckVersion(bytes[0]);
        var header = EnvelopeHeader.Read(bytes);
        if ((uint)header.BodyLength > MaxBodyLength)
        {
            throw new MalformedResponseException(
                $"The server announced a body of {BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]):N0} bytes; at most {MaxBodyLength:N0} are taken.");
        }

        return header;
    }

    /// <summary>Checks the first byte of an answer, before nine bytes are waited for: v1 and v2 headers have eight.</summary>
    protected void CheckVersion(byte first)
    {
        if (first == ((byte)version | EnvelopeHeader.ResponseBit))
        {
            return;
        }

        if ((first & EnvelopeHeader.ResponseBit) == 0)
        {
            throw new MalformedResponseException(
                first == 0x15
                    ? "The other side answered with a TLS alert: it expects TLS. Set ClusterOptions.Tls."
                    : $"The server sent 0x{first:X2} where an answer begins (0x{(byte)version | EnvelopeHeader.ResponseBit:X2} expected); is this a Cassandra native port?");
        }

        var other = first & ~EnvelopeHeader.ResponseBit;
        if (other < 3)
        {
            throw new MalformedResponseException($"The server answered in protocol v{other}; it looks like a server older than Cassandra 2.1, which Ilium does not support.");
        }

        if (!IsOtherVersionAllowed)
        {
            throw new MalformedResponseException($"The server answered in protocol v{other} on a connection that speaks {version}.");
        }
    }

    /// <summary>True during the handshake, where a server refuses a version in its own.</summary>
    protected virtual bool IsOtherVersionAllowed => false;

    private void ReturnPartial()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            ArrayPool<byte>.Shared.Return(partial);
        }
    }
}
