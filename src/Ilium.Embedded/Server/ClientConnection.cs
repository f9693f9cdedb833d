using System.Buffers.Binary;
using System.Net;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Embedded.Execution;
using Ilium.Protocol;

namespace Ilium.Embedded.Server;

/// <summary>One client: reads its requests, runs them one after the other and sends the answers to everything of one read in one write.</summary>
/// <remarks>
/// Threads: one of its own reads and runs. Events and answers that a fault holds back come from other threads, through <see cref="Post"/>.
/// Order of locks: <c>_sending</c>, then <c>_gate</c>.
/// </remarks>
internal sealed class ClientConnection
{
    private const int FlushAbove = 256 * 1024;
    private const int KeptResponse = 1024 * 1024;

    private readonly Stream _stream;
    private readonly NodeServer _server;
    private readonly RequestReader _reader;
    private readonly RequestHandler _handler;
    private readonly CqlWriter _response = new(4096);
    private readonly Lock _gate = new();
    private readonly Lock _sending = new();
    private OutgoingBuffer _filling = new EnvelopeBuffer();
    private OutgoingBuffer _spare = new EnvelopeBuffer();
    private EnvelopeCompressor? _compressor;
    private byte[]? _heldBack;
    private volatile bool _closed;

    internal ClientConnection(Stream stream, EndPoint? address, NodeServer server)
    {
        _stream = stream;
        _server = server;
        _reader = new RequestReader(server.Options.MaxFrameSize);
        Client = new ClientState { Address = address };
        _handler = new RequestHandler(server, Client);
    }

    internal ClientState Client { get; }

    /// <summary>Serves the client until it goes, sends what can't be understood, or the node stops.</summary>
    internal void Run()
    {
        try
        {
            while (!_closed)
            {
                var count = _stream.Read(_reader.Room());
                if (count <= 0)
                {
                    return;
                }

                _reader.Received(count);
                _server.WaitWhilePaused();
                while (!_closed && _reader.TryRead(out var header, out var body))
                {
                    Serve(in header, body);
                    if (_filling.Length > FlushAbove)
                    {
                        Flush();
                    }
                }

                Flush();
            }
        }
        catch (CqlError error)
        {
            Refuse(error);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or MalformedResponseException)
        {
            // The client has gone, or what it sent is damaged: nobody to answer to.
        }
        finally
        {
            Close();
        }
    }

    internal void Close()
    {
        _closed = true;
        _stream.Dispose();
        _server.Forget(this);
    }

    /// <summary>Sends an event if the client registered for its kind.</summary>
    internal void Push(string type, Action<CqlWriter, ProtocolVersion> writeBody)
    {
        if (!_handler.IsRegistered(type))
        {
            return;
        }

        using var writer = new CqlWriter();
        var start = BeginEnvelope(writer, Client.Version, Opcode.Event, streamId: -1, EnvelopeFlags.None);
        writer.WriteString(type);
        writeBody(writer, Client.Version);
        EnvelopeWriter.End(writer, start);
        Post(writer.WrittenSpan);
    }

    /// <summary>Sends a whole envelope from any thread.</summary>
    internal void Post(ReadOnlySpan<byte> envelope)
    {
        try
        {
            Append(envelope);
            Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private static int BeginEnvelope(CqlWriter writer, ProtocolVersion version, Opcode opcode, short streamId, EnvelopeFlags flags)
    {
        var start = writer.Length;
        var header = writer.Reserve(EnvelopeHeader.Size);
        header[0] = (byte)((byte)version | EnvelopeHeader.ResponseBit);
        header[1] = (byte)flags;
        BinaryPrimitives.WriteInt16BigEndian(header[2..], streamId);
        header[4] = (byte)opcode;
        header[5..].Clear();
        return start;
    }

    private void Serve(in EnvelopeHeader header, ReadOnlySpan<byte> body)
    {
        _response.Clear();
        var answerVersion = (ProtocolVersion)Math.Clamp(header.Version & 0x7F, 3, 5);
        EnvelopeBody answer;
        if (RequestHandler.Check(in header) is { } refusal)
        {
            answerVersion = refusal.Version;
            answer = _handler.Fail(refusal.Error);
        }
        else if ((header.Flags & EnvelopeFlags.Compressed) != 0)
        {
            if (_compressor is null)
            {
                throw CqlError.Protocol("A compressed envelope was sent, but no compression was agreed");
            }

            var plain = _compressor.Decompress(body, _server.Options.MaxFrameSize, out var length);
            answer = _handler.Handle(in header, plain.AsSpan(0, length));
            System.Buffers.ArrayPool<byte>.Shared.Return(plain);
        }
        else
        {
            answer = _handler.Handle(in header, body);
        }

        var start = BeginEnvelope(_response, answerVersion, answer.Opcode, header.StreamId, answer.Flags);
        answer.WriteTo(_response, answerVersion);
        EnvelopeWriter.End(_response, start, _compressor);
        if (answer.Fault is { } fault)
        {
            try
            {
                Disturb(fault, _response.WrittenSpan);
            }
            finally
            {
                fault.Happened();
            }
        }
        else
        {
            Append(_response.WrittenSpan);
            ReleaseHeldBack();
        }

        _response.Shrink(KeptResponse);
        if (_handler.TakeAgreement() is { } agreement)
        {
            Agree(agreement);
        }

        if (answer.ThenClose)
        {
            Flush();
            Close();
        }
    }

    /// <summary>STARTUP was answered: from the next envelope on what it agreed on holds.</summary>
    private void Agree(StartupAgreement agreement)
    {
        Flush();
        if (agreement.Version < ProtocolVersion.V5)
        {
            _compressor = agreement.Compression switch
            {
                "lz4" => new Lz4EnvelopeCompressor(),
                "snappy" => new SnappyEnvelopeCompressor(),
                _ => null,
            };
            return;
        }

        var compressed = agreement.Compression is not null;
        _reader.UseSegments(compressed);
        lock (_gate)
        {
            _filling = new SegmentBuffer(compressed);
            _spare = new SegmentBuffer(compressed);
        }
    }

    private void Append(ReadOnlySpan<byte> envelope)
    {
        lock (_gate)
        {
            _filling.Append(envelope);
        }
    }

    private void Flush() => Flush(damage: null);

    private void Flush(FaultKind? damage)
    {
        lock (_sending)
        {
            OutgoingBuffer sent;
            lock (_gate)
            {
                if (_filling.IsEmpty)
                {
                    return;
                }

                sent = _filling;
                (_filling, _spare) = (_spare, sent);
            }

            try
            {
                var bytes = sent.Seal();
                switch (damage)
                {
                    case FaultKind.CorruptSegment:
                        var corrupted = bytes.ToArray();

                        // The last byte of a segment is one of its CRC32; of a bare envelope, of its content.
                        corrupted[^1] ^= 0x55;
                        _stream.Write(corrupted);
                        break;
                    case FaultKind.DropInFrame:
                        _stream.Write(bytes[..(bytes.Length / 2)]);
                        break;
                    default:
                        _stream.Write(bytes);
                        break;
                }

                _stream.Flush();
            }
            finally
            {
                sent.Clear();
            }
        }
    }

    private void Refuse(CqlError error)
    {
        try
        {
            _response.Clear();
            var start = BeginEnvelope(_response, Client.Version, Opcode.Error, streamId: 0, EnvelopeFlags.None);
            error.Write(_response, Client.Version);
            EnvelopeWriter.End(_response, start);
            Append(_response.WrittenSpan);
            Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client did not wait for it.
        }
    }

    private void Disturb(ActiveFault fault, ReadOnlySpan<byte> envelope)
    {
        switch (fault.Fault.Kind)
        {
            case FaultKind.NeverAnswer:
                break;
            case FaultKind.Hold:
                var kept = envelope.ToArray();
                fault.Hold(() => Post(kept));
                break;
            case FaultKind.Delay:
                var copy = envelope.ToArray();
                _server.Later(fault.Fault.Duration, () => Post(copy));
                break;
            case FaultKind.OutOfOrder:
                ReleaseHeldBack();
                _heldBack = envelope.ToArray();
                break;
            case FaultKind.DropInFrame:
                Flush();
                Append(envelope);
                Flush(FaultKind.DropInFrame);
                Close();
                break;
            case FaultKind.CorruptSegment:
                Flush();
                Append(envelope);
                Flush(FaultKind.CorruptSegment);
                break;
            case FaultKind.CloseConnection:
                Flush();
                Close();
                break;
            default:
                Append(envelope);
                break;
        }
    }

    private void ReleaseHeldBack()
    {
        if (_heldBack is { } held)
        {
            _heldBack = null;
            Append(held);
        }
    }
}
