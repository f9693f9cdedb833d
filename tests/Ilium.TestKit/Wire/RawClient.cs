namespace Ilium.TestKit;

/// <summary>The least that can talk to a server: sends envelopes, reads envelopes, switches to segments after STARTUP. Blocking; for one thread.</summary>
public sealed class RawClient(Stream stream, int version, WireCompression compression = WireCompression.None) : IDisposable
{
    private readonly EnvelopeInput _input = new();
    private bool _segmented;

    /// <summary>Every byte received so far.</summary>
    public MemoryStream Received { get; } = new();

    /// <summary>Bodies of SUPPORTED, READY and so on, as <see cref="WireReader"/> takes them.</summary>
    public static WireReader Read(WireEnvelope envelope) => new(envelope.Body);

    public WireEnvelope Startup()
    {
        var options = new Dictionary<string, string> { ["CQL_VERSION"] = "3.0.0" };
        if (compression != WireCompression.None)
        {
            options["COMPRESSION"] = compression == WireCompression.Lz4 ? "lz4" : "snappy";
        }

        var answer = Ask(WireOpcode.Startup, new WireWriter().StringMap(options).ToArray());
        _segmented = version >= 5 && answer.Opcode is WireOpcode.Ready or WireOpcode.Authenticate;
        return answer;
    }

    /// <summary>A QUERY at consistency ONE without parameters.</summary>
    public WireEnvelope Query(string cql) => Ask(WireOpcode.Query, QueryBody(cql));

    public byte[] QueryBody(string cql)
    {
        var body = new WireWriter().LongString(cql).Short(1);
        return (version >= 5 ? body.Int(0) : body.Byte(0)).ToArray();
    }

    public WireEnvelope Ask(WireOpcode opcode, byte[] body, short streamId = 0)
    {
        Send(opcode, body, streamId);
        return Receive();
    }

    public void Send(WireOpcode opcode, byte[] body, short streamId = 0, WireFlags flags = WireFlags.None)
    {
        if (version < 5 && compression != WireCompression.None && opcode is not (WireOpcode.Startup or WireOpcode.Options))
        {
            flags |= WireFlags.Compressed;
            body = WireCompressor.Compress(compression, body);
        }

        var envelope = new WireEnvelope((byte)version, flags, streamId, opcode, body).ToArray();
        if (!_segmented)
        {
            stream.Write(envelope);
        }
        else if (envelope.Length <= WireSegment.MaxPayload)
        {
            SendSegment(envelope, true);
        }
        else
        {
            foreach (var slice in envelope.Chunk(WireSegment.MaxPayload))
            {
                SendSegment(slice, false);
            }
        }

        stream.Flush();
    }

    public void SendSegment(byte[] payload, bool selfContained) =>
        stream.Write(new WireSegment(payload, selfContained).ToArray(compression == WireCompression.Lz4));

    /// <summary>The next message, its body decompressed.</summary>
    public WireEnvelope Receive()
    {
        var buffer = new byte[8192];
        while (true)
        {
            if (_input.TryTake(_segmented, compression == WireCompression.Lz4) is { } envelope)
            {
                return (envelope.Flags & WireFlags.Compressed) == 0
                    ? envelope
                    : envelope with { Body = WireCompressor.Decompress(compression, envelope.Body.Span) };
            }

            var read = stream.Read(buffer);
            if (read == 0)
            {
                throw new EndOfStreamException(_input.IsEmpty ? "The server closed the connection." : "The server closed the connection inside a message.");
            }

            Received.Write(buffer.AsSpan(0, read));
            _input.Append(buffer.AsSpan(0, read));
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        Received.Dispose();
    }
}
