using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>Takes the one answer that a handshake waits for at a time.</summary>
internal sealed class HandshakeSink : IEnvelopeSink
{
    private bool _received;
    private EnvelopeHeader _header;
    private PooledBody _body;

    internal bool TryTake(out EnvelopeHeader header, out PooledBody body)
    {
        (header, body) = (_header, _body);
        var received = _received;
        _received = false;
        _body = default;
        return received;
    }

    void IEnvelopeSink.OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body) => Receive(header, PooledBody.Copy(body));

    void IEnvelopeSink.OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length) =>
        Receive(header, new PooledBody(pooledArray, offset, length));

    private void Receive(in EnvelopeHeader header, PooledBody body)
    {
        if (_received)
        {
            throw new MalformedResponseException($"The server sent {header.Opcode} during the handshake, where nothing was asked.");
        }

        (_received, _header, _body) = (true, header, body);
    }
}
