using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ilium.TestKit;

/// <summary>What a <see cref="ScriptedServer"/> answers to requests that no handler takes.</summary>
internal sealed partial class DefaultAnswers(ScriptedServer server)
{
    private readonly ConcurrentDictionary<string, ServerStatement> _statements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _prepared = new(StringComparer.Ordinal);

    public void Define(string cql, ServerStatement statement) => _statements[cql] = statement;

    public void ForgetPrepared() => _prepared.Clear();

    public string? TextOf(byte[] id) => _prepared.GetValueOrDefault(Convert.ToHexString(id));

    public void Answer(ServerRequest request)
    {
        switch (request.Opcode)
        {
            case WireOpcode.Options:
                request.Supported(Supported());
                break;
            case WireOpcode.Startup:
                Startup(request);
                break;
            case WireOpcode.AuthResponse:
                Authenticate(request);
                break;
            case WireOpcode.Register:
                request.Connection.RegisteredEvents = [.. request.Connection.RegisteredEvents.Union(request.Parts.EventTypes)];
                request.Ready();
                break;
            case WireOpcode.Prepare:
                Prepare(request);
                break;
            case WireOpcode.Execute when request.Cql is null:
                request.Unprepared(request.Parts.PreparedId!);
                break;
            case WireOpcode.Batch when request.Parts.Entries.FirstOrDefault(e => e.PreparedId is not null && TextOf(e.PreparedId) is null) is { } unknown:
                request.Unprepared(unknown.PreparedId!);
                break;
            case WireOpcode.Batch:
                request.Void();
                break;
            default:
                Run(request, request.Cql!);
                break;
        }
    }

    [GeneratedRegex("'[^']*'|\\?|:([a-zA-Z_][a-zA-Z0-9_]*)")]
    private static partial Regex Markers();

    [GeneratedRegex("^\\s*USE\\s+\"?([a-zA-Z0-9_]+)\"?\\s*;?\\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Use();

    private Dictionary<string, IReadOnlyList<string>> Supported()
    {
        var supported = new Dictionary<string, IReadOnlyList<string>>
        {
            ["PROTOCOL_VERSIONS"] = [.. server.Options.Versions.Select(v => $"{v}/v{v}")],
            ["COMPRESSION"] = [.. server.Options.Compressions.Select(Name)],
            ["CQL_VERSION"] = ["3.4.7"],
        };
        foreach (var (key, values) in server.Options.Supported)
        {
            supported[key] = values;
        }

        return supported;
    }

    private static string Name(WireCompression compression) => compression == WireCompression.Lz4 ? "lz4" : "snappy";

    private void Startup(ServerRequest request)
    {
        var options = request.Parts.StartupOptions;
        if (!options.ContainsKey("CQL_VERSION"))
        {
            request.Error(WireError.Protocol, "Missing value CQL_VERSION in STARTUP message");
        }
        else if (options.TryGetValue("COMPRESSION", out var wanted) && request.Connection.Compression == WireCompression.None)
        {
            request.Error(
                WireError.Protocol,
                request.Version >= 5 && wanted == "snappy" ? "Snappy compression is not supported in protocol V5" : $"Unknown compression algorithm: {wanted}");
        }
        else if (server.Options.Credentials is not null)
        {
            request.Authenticate(server.Options.Authenticator);
        }
        else
        {
            request.Ready();
        }
    }

    private void Authenticate(ServerRequest request)
    {
        // SASL PLAIN (RFC 4616): authorization id, NUL, user, NUL, password.
        var fields = Encoding.UTF8.GetString(request.Parts.Token ?? []).Split('\0');
        if (server.Options.Credentials is { } expected && fields.Length == 3 && (fields[1], fields[2]) == expected)
        {
            request.AuthSuccess();
        }
        else
        {
            request.Error(WireError.BadCredentials, $"Provided username {(fields.Length == 3 ? fields[1] : string.Empty)} and/or password are incorrect");
        }
    }

    private void Prepare(ServerRequest request)
    {
        var text = request.Cql!;
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Parts.Keyspace}/{text}"))[..16];
        _prepared[Convert.ToHexString(id)] = text;
        request.Prepared(id, _statements.GetValueOrDefault(text) ?? Guess(text));
    }

    private static ServerStatement Guess(string text)
    {
        var markers = Markers().Matches(text).Where(m => !m.Value.StartsWith('\'')).ToList();
        return new ServerStatement
        {
            Bind = [.. markers.Select((m, i) => new ColumnSpec(m.Groups[1].Success ? m.Groups[1].Value : $"p{i}", TypeBytes.Text))],
        };
    }

    private void Run(ServerRequest request, string text)
    {
        if (_statements.TryGetValue(text, out var statement))
        {
            Rows(request, statement);
        }
        else if (Use().Match(text) is { Success: true } use)
        {
            request.SetKeyspace(use.Groups[1].Value);
        }
        else if (!SystemTables.TryAnswer(server, request))
        {
            request.Void();
        }
    }

    private static void Rows(ServerRequest request, ServerStatement statement)
    {
        if (statement.Result.Count == 0)
        {
            request.Void();
            return;
        }

        // A client that still has the description of an earlier schema gets the new one, with its id (v5, and where ScyllaDB's extension was agreed on).
        var changed = request.Parts.ResultMetadataId is { } known && !known.SequenceEqual(statement.ResultMetadataId);
        request.Rows(statement.Result, statement.Rows, new RowsOptions { NewMetadataId = changed ? statement.ResultMetadataId : null });
    }
}
