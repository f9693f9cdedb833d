using System.Security.Cryptography.X509Certificates;

namespace Ilium.TestKit;

/// <summary>The server's end of one connection: what was agreed on, and the faults a test may inject. All members may be used from any thread.</summary>
public sealed class ScriptedConnection
{
    private readonly ScriptedServer _server;
    private readonly Stream _stream;
    private readonly Action? _abort;
    private readonly ConnectionOutput _output;
    private readonly EnvelopeInput _input = new();
    private readonly Lock _outstandingLock = new();
    private readonly HashSet<short> _outstanding = [];
    private readonly ReadingGate _reading = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ScriptedConnection(ScriptedServer server, Stream stream, Action? abort)
    {
        _server = server;
        _stream = stream;
        _abort = abort;
        _output = new ConnectionOutput(stream, Reset);
    }

    /// <summary>The protocol version of the first request; 0 before.</summary>
    public int Version { get; private set; }

    /// <summary>As agreed on in STARTUP.</summary>
    public WireCompression Compression { get; private set; }

    /// <summary>Whether READY or AUTHENTICATE has switched to v5 segments.</summary>
    public bool IsSegmented => _output.Segmented;

    /// <summary>v5, or ScyllaDB's SCYLLA_USE_METADATA_ID agreed on: preparations have the id of their columns, and EXECUTE sends it along.</summary>
    public bool HasMetadataIds => Version >= 5 || StartupOptions.ContainsKey("SCYLLA_USE_METADATA_ID");

    /// <summary>STARTUP's options, once it has come.</summary>
    public IReadOnlyDictionary<string, string> StartupOptions { get; private set; } = new Dictionary<string, string>();

    /// <summary>What REGISTER asked for.</summary>
    public IReadOnlyList<string> RegisteredEvents { get; internal set; } = [];

    /// <summary>The certificate that the client presented, over TLS.</summary>
    public X509Certificate? ClientCertificate { get; internal set; }

    /// <summary>Completes when this end is closed, whoever closed it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The most payload of one v5 segment; a small number cuts even the headers of envelopes into slices.</summary>
    public int MaxSegmentPayload
    {
        get => _output.MaxSegmentPayload;
        set => _output.MaxSegmentPayload = value;
    }

    /// <summary>From now on, writes this many bytes at a time.</summary>
    public void SplitWrites(int bytes) => _output.ChunkSize = bytes;

    /// <summary>Spoils the header checksum of the next v5 segment.</summary>
    public void CorruptNextSegmentCrc24() => _output.Corrupt(crc24: true);

    /// <summary>Spoils the payload checksum of the next v5 segment.</summary>
    public void CorruptNextSegmentCrc32() => _output.Corrupt(crc24: false);

    /// <summary>Ends the connection after so many more bytes, wherever in a message that is.</summary>
    public void CloseAfter(long bytes, bool reset = false) => _output.CloseAfter(bytes, reset);

    /// <summary>Closes in an orderly way, after everything that was answered so far.</summary>
    public void Close() => _output.Close();

    /// <summary>Breaks the connection at once, as a TCP reset does.</summary>
    public void Reset()
    {
        _abort?.Invoke();
        (_stream as DuplexStream)?.Abort();
        _stream.Dispose();
        _reading.Set(open: true);
        _output.Close();
    }

    /// <summary>Takes no more bytes off the stream, except those of a read that is already under way; they are not looked at before <see cref="ResumeReading"/>.</summary>
    public void PauseReading() => _reading.Set(open: false);

    public void ResumeReading() => _reading.Set(open: true);

    /// <summary>All answers given within <paramref name="answers"/> leave in one write, and on v5 in one segment if they fit.</summary>
    public void Together(Action answers)
    {
        _output.BeginTogether();
        try
        {
            answers();
        }
        finally
        {
            _output.EndTogether();
        }
    }

    /// <summary>Bytes as they are: no envelope, no segment.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes) => _output.SendRaw(bytes);

    /// <summary>An EVENT (stream −1), whether or not the client registered for it; bodies come from <see cref="ResponseBodies"/>.</summary>
    public void SendEvent(byte[] body) => Send(WireOpcode.Event, -1, body, new ReplyOptions(), null);

    internal void Start()
    {
        var writer = new Thread(_output.Run) { IsBackground = true, Name = "scripted server writer" };
        var reader = new Thread(() => Run(writer)) { IsBackground = true, Name = "scripted server reader" };
        writer.Start();
        reader.Start();
    }

    internal void Reply(ServerRequest request, WireOpcode opcode, byte[] body, ReplyOptions options)
    {
        var streamId = options.StreamId ?? request.StreamId;
        lock (_outstandingLock)
        {
            _outstanding.Remove(streamId);
        }

        var switches = request.Version >= 5 && request.Is(WireOpcode.Startup) && opcode is WireOpcode.Ready or WireOpcode.Authenticate;
        Send(opcode, streamId, body, options, switches ? (bool?)(Compression == WireCompression.Lz4) : null);
    }

    private void Send(WireOpcode opcode, short streamId, byte[] body, ReplyOptions options, bool? thenSegmentWithLz4)
    {
        var head = new WireWriter();
        var flags = WireFlags.None;
        if (options.TracingId is { } tracingId)
        {
            flags |= WireFlags.Tracing;
            head.Uuid(tracingId);
        }

        if (options.Warnings is { } warnings)
        {
            flags |= WireFlags.Warning;
            head.StringList(warnings);
        }

        if (options.CustomPayload is { } payload)
        {
            flags |= WireFlags.CustomPayload;
            head.BytesMap(payload);
        }

        var full = head.Raw(body).ToArray();
        var version = Version == 0 ? _server.Options.Versions.Max() : Version;
        if (version < 5 && Compression != WireCompression.None && (options.Compress ?? true))
        {
            flags |= WireFlags.Compressed;
            full = WireCompressor.Compress(Compression, full);
        }

        var versionByte = options.VersionByte ?? (byte)(0x80 | version);
        _output.Send(new WireEnvelope(versionByte, flags, streamId, opcode, full).ToArray(), thenSegmentWithLz4);
    }

    private void Run(Thread writer)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (true)
            {
                _reading.Wait();
                var read = _stream.Read(buffer);
                _reading.Wait();
                if (read == 0)
                {
                    break;
                }

                _input.Append(buffer.AsSpan(0, read));
                while (_input.TryTake(IsSegmented, _output.Lz4Segments) is { } envelope)
                {
                    Handle(envelope);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone, or a test closed this end.
        }
        catch (Exception e)
        {
            // A violation, or a handler that threw: the test has to see it, and the client must not wait for an answer that never comes.
            _server.Violated(this, e);
            Reset();
        }

        _output.Close();
        writer.Join();
        _stream.Dispose();
        _closed.TrySetResult();
    }

    private void Handle(WireEnvelope envelope)
    {
        if (!_server.Options.Versions.Contains(envelope.Version))
        {
            RefuseVersion(envelope);
            return;
        }

        Require(!envelope.IsResponse, "The client sent a response.");
        Require(Version == 0 || Version == envelope.Version, $"The client changed from v{Version} to v{envelope.Version}.");
        Version = envelope.Version;
        var body = Body(envelope);
        var reader = new WireReader(body);
        IReadOnlyDictionary<string, byte[]?>? payload = null;
        if ((envelope.Flags & WireFlags.CustomPayload) != 0)
        {
            Require(Version >= 4, "A custom payload in v3.");
            payload = reader.BytesMap();
        }

        var parts = RequestParser.Parse(Version, envelope.Opcode, reader, HasMetadataIds);
        lock (_outstandingLock)
        {
            Require(envelope.StreamId >= 0, $"A request on stream {envelope.StreamId}.");
            Require(_outstanding.Add(envelope.StreamId), $"Stream {envelope.StreamId} was used again before its answer.");
        }

        if (envelope.Opcode == WireOpcode.Startup)
        {
            Require(StartupOptions.Count == 0, "A second STARTUP.");
            StartupOptions = parts.StartupOptions;
            Compression = _server.CompressionFor(Version, StartupOptions);
        }

        Require(
            StartupOptions.Count > 0 || envelope.Opcode == WireOpcode.Options,
            $"{envelope.Opcode} before STARTUP.");
        _server.Dispatch(new ServerRequest(this, envelope, body, _server.Complete(parts), payload));
    }

    // As Cassandra 5.0.9 does it, the connection stays open.
    private void RefuseVersion(WireEnvelope envelope)
    {
        var versions = _server.Options.Versions;
        var list = string.Join(", ", versions.Select(v => $"{v}/v{v}"));
        var answered = _server.Options.EchoesRefusedVersion ? envelope.Version : versions.Max();
        var body = ResponseBodies.Error(WireError.Protocol, $"Invalid or unsupported protocol version ({envelope.Version}); supported versions are ({list})");
        Send(WireOpcode.Error, envelope.StreamId, body, new ReplyOptions { VersionByte = (byte)(0x80 | answered) }, null);
    }

    private byte[] Body(WireEnvelope envelope)
    {
        const WireFlags Known = WireFlags.Compressed | WireFlags.Tracing | WireFlags.CustomPayload;
        Require((envelope.Flags & ~Known) == 0, $"Flags {envelope.Flags} in a request.");
        if ((envelope.Flags & WireFlags.Compressed) == 0)
        {
            return envelope.Body.ToArray();
        }

        Require(Version < 5, "A compressed envelope in v5, where segments are compressed.");
        Require(envelope.Opcode is not (WireOpcode.Startup or WireOpcode.Options), $"{envelope.Opcode} is never compressed.");
        return WireCompressor.Decompress(Compression, envelope.Body.Span);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new WireViolationException(otherwise);
        }
    }
}
