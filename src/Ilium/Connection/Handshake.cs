using System.Net;
using System.Security.Cryptography;
using Ilium.Buffers;
using Ilium.Errors;
using Ilium.Protocol;
using Ilium.Types;
using StartupNames = Ilium.Protocol.StartupOptions;

namespace Ilium.Connection;

/// <summary>
/// OPTIONS, STARTUP, authentication, USE: what happens on a connection before it takes requests (native protocol §4.1, §6). Synchronous, on the
/// thread that will read the connection.
/// </summary>
internal sealed class Handshake(
    Transport transport, EndPoint target, ProtocolVersion version, ClusterOptions options, DriverIdentity identity, CancellationToken cancellationToken)
{
    private readonly HandshakeSink _sink = new();
    private readonly string _name = EndPointText.Format(target);
    private readonly FrameReader _frames = new(transport, new EnvelopeDecoder(version));
    private OutgoingBuffer _outgoing = new EnvelopeBuffer();

    internal ConnectionSetup Run(string? keyspace)
    {
        try
        {
            var supported = AskOptions();
            var compressor = ChooseCompression(supported);
            var setup = new ConnectionSetup
            {
                Transport = transport,
                Frames = _frames,
                EndPoint = target,
                Version = version,
                Compressor = compressor,
                Supported = supported,
                Extensions = ServerExtensions.Read(supported, version),
            };
            StartUp(setup);
            if (keyspace is not null)
            {
                Use(setup, keyspace);
            }

            return setup;
        }
        catch
        {
            _frames.Dispose();
            throw;
        }
        finally
        {
            _outgoing.Dispose();
        }
    }

    private IReadOnlyDictionary<string, IReadOnlyList<string>> AskOptions()
    {
        var body = Exchange(Opcode.Options, static _ => { }, out var header);
        try
        {
            var reader = Open(header, body);
            return Expect(header, ref reader, Opcode.Supported) == Opcode.Supported ? SupportedResponse.Read(ref reader) : throw Unexpected(header, "OPTIONS");
        }
        finally
        {
            body.Return();
        }
    }

    private EnvelopeCompressor? ChooseCompression(IReadOnlyDictionary<string, IReadOnlyList<string>> supported)
    {
        EnvelopeCompressor? compressor = options.Compression switch
        {
            Compression.Lz4 => new Lz4EnvelopeCompressor(),
            // v5 knows LZ4 only (native protocol v5 §2.2).
            Compression.Snappy => version >= ProtocolVersion.V5 ? new Lz4EnvelopeCompressor() : new SnappyEnvelopeCompressor(),
            _ => null,
        };
        if (compressor is not null && (!supported.TryGetValue(StartupNames.Compression, out var offered) || !offered.Contains(compressor.Name)))
        {
            throw new ConnectionFailedException(
                target, ConnectionFailureReason.Handshake,
                $"{_name} does not offer {compressor.Name} compression" +
                (offered is { Count: > 0 } ? $", only {string.Join(", ", offered)}" : "") + "; change ClusterOptions.Compression.");
        }

        return compressor;
    }

    private void StartUp(ConnectionSetup setup)
    {
        if (setup.EnvelopeCompressor is { } compressor)
        {
            // v3 and v4 compress from the very answer to STARTUP on, be it empty.
            _frames.Decoder = new EnvelopeDecoder(version, compressor);
        }

        var body = Exchange(Opcode.Startup, writer => StartupRequest.Write(writer, StartupOptions(setup)), out var header);
        // The switch to segments comes right after the answer to STARTUP, whatever it is but an error (native protocol v5 §2.3).
        try
        {
            var reader = Open(header, body);
            switch (Expect(header, ref reader, Opcode.Ready))
            {
                case Opcode.Ready:
                    SwitchFraming(setup);
                    setup.SkippedAuthentication = options.AuthProvider is not null;
                    break;
                case Opcode.Authenticate:
                    var authenticator = AuthenticateResponse.Read(ref reader);
                    SwitchFraming(setup);
                    Authenticate(setup, authenticator);
                    break;
                default:
                    throw Unexpected(header, "STARTUP");
            }
        }
        finally
        {
            body.Return();
        }
    }

    private Dictionary<string, string> StartupOptions(ConnectionSetup setup)
    {
        var startup = new Dictionary<string, string>
        {
            [StartupNames.CqlVersion] = "3.0.0",
            [StartupNames.DriverName] = DriverIdentity.Name,
            [StartupNames.DriverVersion] = DriverIdentity.Version,
            [StartupNames.ClientId] = identity.ClientId.ToString(),
        };
        Add(StartupNames.Compression, setup.Compressor?.Name);
        Add(StartupNames.ApplicationName, options.ApplicationName);
        Add(StartupNames.ApplicationVersion, options.ApplicationVersion);
        Add(StartupNames.ThrowOnOverload, options.ThrowOnOverload ? "1" : null);
        setup.Extensions.AddTo(startup);
        // Cassandra 4.0, and v5 with it, has no compact storage to hide any more.
        Add(StartupNames.NoCompact, options.NoCompact && version < ProtocolVersion.V5 ? "true" : null);
        return startup;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                startup[key] = value;
            }
        }
    }

    private void SwitchFraming(ConnectionSetup setup)
    {
        _frames.Decoder = version >= ProtocolVersion.V5
            ? new SegmentDecoder(version, compressed: setup.Compressor is not null)
            : new EnvelopeDecoder(version, setup.Compressor);
        _outgoing.Dispose();
        _outgoing = setup.CreateOutgoingBuffer();
    }

    private void Authenticate(ConnectionSetup setup, string serverAuthenticator)
    {
        if (options.AuthProvider is null)
        {
            throw new AuthenticationFailedException(
                $"{_name} asks for credentials ({serverAuthenticator}), and none are set. Set ClusterOptions.AuthProvider, for example to a PlainTextAuthProvider.");
        }

        var authenticator = options.AuthProvider.CreateAuthenticator(target, serverAuthenticator);
        try
        {
            Authenticate(setup, authenticator);
        }
        finally
        {
            (authenticator as IDisposable)?.Dispose();
        }
    }

    private void Authenticate(ConnectionSetup setup, Authenticator authenticator)
    {
        var token = Await(authenticator.InitialResponseAsync(cancellationToken));
        while (true)
        {
            var body = Exchange(
                Opcode.AuthResponse, writer => AuthResponseRequest.Write(writer, token.GetValueOrDefault().Span, isNull: token is null), out var header, secret: true,
                setup.EnvelopeCompressor);
            Authenticator.Clear(token);
            try
            {
                var reader = Open(header, body);
                switch (Expect(header, ref reader, Opcode.AuthSuccess))
                {
                    case Opcode.AuthSuccess:
                        Await(authenticator.OnSuccessAsync(reader.Remaining >= 4 ? reader.ReadBytes(out _).ToArray() : default, cancellationToken));
                        return;
                    case Opcode.AuthChallenge:
                        token = Await(authenticator.EvaluateChallengeAsync(reader.ReadBytes(out _).ToArray(), cancellationToken));
                        break;
                    default:
                        throw Unexpected(header, "AUTH_RESPONSE");
                }
            }
            finally
            {
                body.Return();
            }
        }
    }

    private void Use(ConnectionSetup setup, string keyspace)
    {
        var body = Exchange(
            Opcode.Query,
            writer => QueryRequest.Write(writer, version, $"USE {CqlIdentifier.Quote(keyspace)}", new QueryParameters { Consistency = ConsistencyLevel.One }),
            out var header, secret: false, setup.EnvelopeCompressor);
        try
        {
            var reader = Open(header, body);
            if (Expect(header, ref reader, Opcode.Result) != Opcode.Result)
            {
                throw Unexpected(header, "USE");
            }
        }
        finally
        {
            body.Return();
        }
    }

    /// <summary>Sends one request and waits for its answer.</summary>
    private PooledBody Exchange(
        Opcode opcode, Action<CqlWriter> write, out EnvelopeHeader header, bool secret = false, EnvelopeCompressor? compressor = null)
    {
        using var writer = new CqlWriter();
        var start = EnvelopeWriter.Begin(writer, version, opcode, tracing: false, payload: null);
        write(writer);
        EnvelopeWriter.End(writer, start, compressor);
        _outgoing.Append(writer.WrittenSpan);
        Send(_outgoing.Seal());
        if (secret)
        {
            // Credentials must not stay in arrays that go back to the pool.
            writer.Erase();
            _outgoing.Erase();
        }

        _outgoing.Clear();
        PooledBody body;
        while (!_sink.TryTake(out header, out body))
        {
            if (!_frames.Read(_sink, likely: false))
            {
                throw new ConnectionFailedException(
                    target, ConnectionFailureReason.Handshake,
                    $"{_name} closed the connection in answer to {opcode}. Does it expect TLS, or a client certificate? Its log says more.");
            }
        }

        return body;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sent = transport.TrySend(bytes);
            if (sent == 0)
            {
                transport.WaitWritable();
            }

            bytes = bytes[sent..];
        }
    }

    private static CqlReader Open(in EnvelopeHeader header, PooledBody body)
    {
        var reader = new CqlReader(body.Span);
        ResponsePrefix.Read(header, ref reader);
        return reader;
    }

    /// <summary>The answer's opcode; throws what an ERROR says.</summary>
    private Opcode Expect(in EnvelopeHeader header, ref CqlReader reader, Opcode expected)
    {
        if (header.Opcode != Opcode.Error)
        {
            return header.Opcode;
        }

        var error = ErrorResponse.Read(ref reader, version);
        // Servers answer a version they don't speak with a protocol error, in their own highest version or in the client's (CASSANDRA-11464).
        if (error is ProtocolErrorException && (expected == Opcode.Supported || expected == Opcode.Ready) && IsAboutVersion(header, error))
        {
            throw new UnsupportedProtocolVersionException(target, [version], error.ServerMessage);
        }

        throw error.At(target, []);
    }

    private bool IsAboutVersion(in EnvelopeHeader header, ServerException error) =>
        (header.Version & ~EnvelopeHeader.ResponseBit) != (int)version ||
        error.ServerMessage.Contains("version", StringComparison.OrdinalIgnoreCase) ||
        error.ServerMessage.Contains("beta", StringComparison.OrdinalIgnoreCase);

    private MalformedResponseException Unexpected(in EnvelopeHeader header, string request) =>
        new($"{_name} answered {request} with {header.Opcode}.");

    /// <summary>This thread is the connection's own: waiting on it holds up nothing else.</summary>
    private T Await<T>(ValueTask<T> task) => task.AsTask().WaitAsync(cancellationToken).GetAwaiter().GetResult();

    private void Await(ValueTask task) => task.AsTask().WaitAsync(cancellationToken).GetAwaiter().GetResult();
}
