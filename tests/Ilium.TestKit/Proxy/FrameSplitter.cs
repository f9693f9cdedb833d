namespace Ilium.TestKit;

/// <summary>Splits one direction of a connection, uncompressed, into frames. STARTUP and its answer are the last envelopes of v5 that stand alone.</summary>
internal sealed class FrameSplitter(int connection, bool toServer)
{
    private byte[] _bytes = [];
    private bool _segmented;

    public void Append(ReadOnlySpan<byte> bytes) => _bytes = [.. _bytes, .. bytes];

    public ProxyFrame? TryTake()
    {
        if (_segmented)
        {
            return WireSegment.TryParse(_bytes, lz4: false, out var taken) is { } segment
                ? new ProxyFrame(connection, toServer, IsSegment: true, Take(taken), segment.IsSelfContained ? OpcodesOf(segment.Payload) : [])
                : null;
        }

        if (WireEnvelope.TryParse(_bytes, out var length) is not { } envelope)
        {
            return null;
        }

        _segmented = envelope.Version >= 5 && (toServer ? envelope.Opcode == WireOpcode.Startup : envelope.Opcode is WireOpcode.Ready or WireOpcode.Authenticate);
        return new ProxyFrame(connection, toServer, IsSegment: false, Take(length), [envelope.Opcode]);
    }

    private static List<WireOpcode> OpcodesOf(ReadOnlyMemory<byte> payload)
    {
        var opcodes = new List<WireOpcode>();
        while (WireEnvelope.TryParse(payload, out var length) is { } envelope)
        {
            opcodes.Add(envelope.Opcode);
            payload = payload[length..];
        }

        return opcodes;
    }

    private byte[] Take(int length)
    {
        var frame = _bytes[..length];
        _bytes = _bytes[length..];
        return frame;
    }
}
