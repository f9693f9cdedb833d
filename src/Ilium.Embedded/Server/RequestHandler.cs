using System.Collections.Immutable;
using System.Text;
using Ilium.Buffers;
using Ilium.Embedded.Execution;
using Ilium.Protocol;

namespace Ilium.Embedded.Server;

/// <summary>Turns one request into its answer; holds what a connection has agreed on.</summary>
/// <remarks>Threads: the connection's own, but for <see cref="IsRegistered"/>. The answer is one object, used again for the next request.</remarks>
internal sealed class RequestHandler
{
    private const string Versions = "3/v3, 4/v4, 5/v5, 6/v6-beta";

    private readonly NodeServer _server;
    private readonly ClientState _client;
    private readonly RequestContext _context;
    private readonly EnvelopeBody _answer = new();
    private StartupAgreement? _agreement;
    private Phase _phase;
    private ImmutableHashSet<string> _registered = [];

    internal RequestHandler(NodeServer server, ClientState client)
    {
        _server = server;
        _client = client;
        _context = new RequestContext(server.Engine, client);
    }

    private enum Phase
    {
        Startup,
        Login,
        Ready,
    }

    private NodeEngine Engine => _server.Engine;

    /// <summary>Says what is wrong with a header, and in which version that is answered; null for nothing.</summary>
    internal static (ProtocolVersion Version, CqlError Error)? Check(in EnvelopeHeader header)
    {
        var version = header.Version & 0x7F;
        if (version is < 3 or > 6)
        {
            return (ProtocolVersion.V5, CqlError.Protocol($"Invalid or unsupported protocol version ({version}); supported versions are ({Versions})"));
        }

        if (version == 6)
        {
            return (ProtocolVersion.V5, CqlError.Protocol((header.Flags & EnvelopeFlags.Beta) == 0
                ? "Beta version of the protocol used (6/v6-beta), but USE_BETA flag is unset"
                : "The embedded node does not speak 6/v6-beta"));
        }

        if ((header.Version & EnvelopeHeader.ResponseBit) != 0)
        {
            return (ProtocolVersion.V5, CqlError.Protocol(
                $"Wrong protocol direction (expected REQUEST, got RESPONSE) for opcode {(int)header.Opcode} ({header.Opcode.ToString().ToUpperInvariant()})"));
        }

        if (!Enum.IsDefined(header.Opcode))
        {
            return (ProtocolVersion.V5, CqlError.Protocol($"Unknown opcode {(int)header.Opcode}"));
        }

        return null;
    }

    internal bool IsRegistered(string eventType) => Volatile.Read(ref _registered).Contains(eventType);

    /// <summary>What STARTUP agreed on, once.</summary>
    internal StartupAgreement? TakeAgreement()
    {
        var agreement = _agreement;
        _agreement = null;
        return agreement;
    }

    internal EnvelopeBody Fail(CqlError error) => _answer.Failed(error);

    internal EnvelopeBody Handle(in EnvelopeHeader header, ReadOnlySpan<byte> body)
    {
        var version = (ProtocolVersion)(header.Version & 0x7F);
        Guid? tracing = null;
        IReadOnlyDictionary<string, byte[]>? payload = null;
        ActiveFault? fault = null;
        EnvelopeBody answer;
        try
        {
            CheckPhase(header.Opcode, version);
            var reader = new CqlReader(body);
            if ((header.Flags & EnvelopeFlags.CustomPayload) != 0)
            {
                payload = ReadPayload(ref reader);
            }

            if ((header.Flags & EnvelopeFlags.Tracing) != 0 && header.Opcode is Opcode.Query or Opcode.Execute or Opcode.Batch or Opcode.Prepare)
            {
                tracing = Engine.NewTracingId();
            }

            _client.Version = version;
            _context.Begin(null);
            answer = header.Opcode switch
            {
                Opcode.Options => Supported(),
                Opcode.Startup => Startup(ref reader, version),
                Opcode.AuthResponse => Login(ref reader),
                Opcode.Register => Register(ref reader),
                Opcode.Query => Query(ref reader, ref fault),
                Opcode.Prepare => Prepare(ref reader, ref fault),
                Opcode.Execute => Execute(ref reader, ref fault),
                Opcode.Batch => Batch(ref reader, ref fault),
                _ => throw CqlError.Protocol($"Wrong protocol direction (expected RESPONSE, got REQUEST) for opcode {(int)header.Opcode} ({header.Opcode.ToString().ToUpperInvariant()})"),
            };
        }
        catch (CqlError error)
        {
            answer = _answer.Failed(error);
            answer.ThenClose = _phase == Phase.Startup && error.Code == ProtocolErrorException.ErrorCode && header.Opcode is not (Opcode.Startup or Opcode.Options);
        }
        catch (MalformedResponseException error)
        {
            answer = _answer.Failed(CqlError.Protocol(error.Message.Replace("The server sent", "The request has", StringComparison.Ordinal)));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A defect of the node's own: the client gets what a server would say, and the connection lives on.
            answer = _answer.Failed(CqlError.Server(error.ToString()));
        }

        if (fault is { Fault: { Kind: FaultKind.Error, Applies: true } applied } && answer.Error is null)
        {
            answer = _answer.Failed(applied.ToError(_context.Options));
        }

        answer.TracingId = tracing;
        answer.Fault = fault;
        answer.Warnings = _context.Warnings;
        answer.SetFlags(version);
        if (tracing is { } id)
        {
            Engine.RecordTrace(id, header.Opcode, _context, answer);
        }

        return answer;
    }

    private static Dictionary<string, byte[]> ReadPayload(ref CqlReader reader)
    {
        int count = reader.ReadUInt16();
        var payload = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadString();
            payload[key] = reader.ReadBytes(out _).ToArray();
        }

        return payload;
    }

    private void CheckPhase(Opcode opcode, ProtocolVersion version)
    {
        if (_phase == Phase.Startup && opcode is not (Opcode.Startup or Opcode.Options))
        {
            throw CqlError.Protocol($"Unexpected message {Word(opcode)}, expecting STARTUP or OPTIONS");
        }

        if (_phase == Phase.Login && opcode is not (Opcode.AuthResponse or Opcode.Options))
        {
            throw CqlError.Protocol($"Unexpected message {Word(opcode)}, expecting {(version == ProtocolVersion.V3 ? "SASL_RESPONSE" : "SASL_RESPONSE")}");
        }

        if (_phase == Phase.Ready && version != _client.Version)
        {
            throw CqlError.Protocol($"Invalid message version. Got {(int)version}/v{(int)version} but previous messages on this connection had version {(int)_client.Version}/v{(int)_client.Version}");
        }

        if (_phase == Phase.Ready && opcode == Opcode.Startup)
        {
            throw CqlError.Protocol("Unexpected message STARTUP, connection is already established");
        }
    }

    private static string Word(Opcode opcode) => opcode switch
    {
        Opcode.AuthResponse => "AUTH_RESPONSE",
        _ => opcode.ToString().ToUpperInvariant(),
    };

    private EnvelopeBody Supported() => _answer.Is(Opcode.Supported, static writer =>
    {
        writer.WriteUInt16(3);
        Write(writer, "PROTOCOL_VERSIONS", "3/v3", "4/v4", "5/v5");
        Write(writer, "COMPRESSION", "snappy", "lz4");
        Write(writer, "CQL_VERSION", "3.4.7");

        static void Write(CqlWriter writer, string name, params ReadOnlySpan<string> values)
        {
            writer.WriteString(name);
            writer.WriteUInt16((ushort)values.Length);
            foreach (var value in values)
            {
                writer.WriteString(value);
            }
        }
    });

    private EnvelopeBody Startup(ref CqlReader reader, ProtocolVersion version)
    {
        int count = reader.ReadUInt16();
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            options[name] = reader.ReadString();
        }

        if (!options.TryGetValue("CQL_VERSION", out var cqlVersion))
        {
            throw CqlError.Protocol("Missing value CQL_VERSION in STARTUP message");
        }

        if (!System.Version.TryParse(cqlVersion, out _))
        {
            throw CqlError.Protocol($"Invalid version value: {cqlVersion}");
        }

        options.TryGetValue("COMPRESSION", out var compression);
        compression = compression?.ToLowerInvariant();
        if (compression is not (null or "" or "lz4" or "snappy"))
        {
            throw CqlError.Protocol($"Unknown compression algorithm: {compression}");
        }

        if (compression == "snappy" && version >= ProtocolVersion.V5)
        {
            throw CqlError.Protocol("Snappy compression is not supported in protocol V5");
        }

        _agreement = new StartupAgreement(version, compression is "" ? null : compression);
        if (_server.Options.RequireLogin)
        {
            _phase = Phase.Login;
            return _answer.Is(Opcode.Authenticate, static writer => writer.WriteString("org.apache.cassandra.auth.PasswordAuthenticator"));
        }

        _phase = Phase.Ready;
        return _answer.Is(Opcode.Ready);
    }

    /// <summary>SASL PLAIN: an authorization id, a name and a password, with zero bytes between them.</summary>
    private EnvelopeBody Login(ref CqlReader reader)
    {
        if (_phase != Phase.Login)
        {
            throw CqlError.Protocol("Unexpected message AUTH_RESPONSE, no login is under way");
        }

        var token = reader.ReadBytes(out _);
        var second = token.LastIndexOf((byte)0);
        var first = second > 0 ? token[..second].LastIndexOf((byte)0) : -1;
        if (second < 0)
        {
            throw CqlError.Protocol("Invalid credentials format: password was not provided");
        }

        var name = Encoding.UTF8.GetString(token[(first + 1)..second]);
        var password = Encoding.UTF8.GetString(token[(second + 1)..]);
        if (name.Length == 0)
        {
            throw CqlError.Credentials("Authentication ID must not be null");
        }

        if (password.Length == 0)
        {
            throw CqlError.Credentials("Password must not be null");
        }

        Engine.Database.Roles.LogIn(name, password);
        _client.Role = name;
        _phase = Phase.Ready;
        return _answer.Is(Opcode.AuthSuccess, static writer => writer.WriteInt32(-1));
    }

    private EnvelopeBody Register(ref CqlReader reader)
    {
        var types = reader.ReadStringList();
        foreach (var type in types)
        {
            if (type is not ("TOPOLOGY_CHANGE" or "STATUS_CHANGE" or "SCHEMA_CHANGE"))
            {
                throw CqlError.Protocol($"Invalid value '{type}' for Type");
            }
        }

        Volatile.Write(ref _registered, _registered.Union(types));
        return _answer.Is(Opcode.Ready);
    }

    private EnvelopeBody Query(ref CqlReader reader, ref ActiveFault? fault)
    {
        var text = reader.ReadLongString();
        var options = QueryOptions.Read(ref reader, _client.Version);
        _context.Begin(options);
        fault = _server.Faults.Match(FaultPoint.Query, text);
        if (fault?.Fault.Refusal(options) is { } refusal)
        {
            return _answer.Failed(refusal);
        }

        return _answer.Gave(Engine.Query(text, options, _context), options.SkipMetadata);
    }

    private EnvelopeBody Prepare(ref CqlReader reader, ref ActiveFault? fault)
    {
        var text = reader.ReadLongString();
        string? keyspace = null;
        if (_client.Version >= ProtocolVersion.V5)
        {
            var flags = reader.ReadInt32();
            keyspace = (flags & 1) != 0 ? reader.ReadString() : null;
        }

        fault = _server.Faults.Match(FaultPoint.Prepare, text);
        if (fault?.Fault.Refusal(null) is { } refusal)
        {
            return _answer.Failed(refusal);
        }

        return _answer.Gave(Engine.Prepare(text, keyspace, _context));
    }

    private EnvelopeBody Execute(ref CqlReader reader, ref ActiveFault? fault)
    {
        var id = reader.ReadShortBytes();
        var prepared = Engine.Find(id) ?? throw CqlError.Unprepared(id.ToArray());
        var metadataId = _client.Version >= ProtocolVersion.V5 ? reader.ReadShortBytes() : default;
        var options = QueryOptions.Read(ref reader, _client.Version);
        _context.Begin(options);
        if (_server.Faults.Any)
        {
            fault = _server.Faults.Match(FaultPoint.Execute, prepared.Text);
            if (fault?.Fault.Kind == FaultKind.Unprepared)
            {
                Engine.Forget(prepared);
                throw CqlError.Unprepared(prepared.Id);
            }

            if (fault?.Fault.Refusal(options) is { } refusal)
            {
                return _answer.Failed(refusal);
            }
        }

        var known = _client.Version >= ProtocolVersion.V5 ? metadataId.ToArray() : null;
        return _answer.Gave(Engine.Execute(prepared, options, _context), options.SkipMetadata, known);
    }

    private EnvelopeBody Batch(ref CqlReader reader, ref ActiveFault? fault)
    {
        var kind = reader.ReadByte();
        if (kind > 2)
        {
            throw CqlError.Protocol($"Invalid BATCH message type {kind}");
        }

        int count = reader.ReadUInt16();
        var entries = new List<BatchEntry>(Math.Min(count, 1024));
        for (var i = 0; i < count; i++)
        {
            var isPrepared = reader.ReadByte();
            string? text = null;
            StoredStatement? prepared = null;
            if (isPrepared == 0)
            {
                text = reader.ReadLongString();
            }
            else if (isPrepared == 1)
            {
                var id = reader.ReadShortBytes();
                prepared = Engine.Find(id) ?? throw CqlError.Unprepared(id.ToArray());
            }
            else
            {
                throw CqlError.Protocol($"Invalid query kind in BATCH messages. Must be 0 or 1 but got {isPrepared}");
            }

            entries.Add(new BatchEntry(text, prepared, QueryOptions.ReadValues(ref reader, _client.Version, named: false, out _)));
        }

        var options = QueryOptions.ReadBatch(ref reader, _client.Version);
        _context.Begin(options);
        if (_server.Faults.Any)
        {
            var texts = string.Join(";\n", entries.Select(e => e.Text ?? e.Prepared!.Text));
            fault = _server.Faults.Match(FaultPoint.Batch, texts);
            if (fault?.Fault.Kind == FaultKind.Unprepared && entries.FirstOrDefault(e => e.Prepared is not null)?.Prepared is { } forgotten)
            {
                Engine.Forget(forgotten);
                throw CqlError.Unprepared(forgotten.Id);
            }

            if (fault?.Fault.Refusal(options) is { } refusal)
            {
                return _answer.Failed(refusal);
            }
        }

        return _answer.Gave(Engine.Batch((Cql.Ast.BatchKind)kind, entries, options, _context));
    }
}
