using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ilium.Embedded.Tests.Corpus;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Exchanges;

/// <summary>Runs an exchange on one server, over a connection of its own, in a fresh keyspace.</summary>
public sealed class ExchangeRun : IDisposable
{
    /// <summary>Of a step that is for another version of the protocol.</summary>
    internal static readonly Outcome LeftOut = new("left out", "");

    private const int ReceiveTimeout = 60_000;
    private const int MostPages = 1000;

    private readonly TcpClient _socket;
    private readonly RawClient _client;
    private readonly AnswerReader _answers;
    private readonly int _version;
    private readonly Dictionary<string, (byte[] Id, byte[]? MetadataId)> _prepared = new(StringComparer.Ordinal);
    private byte[]? _state;

    private ExchangeRun(TcpClient socket, int version)
    {
        _socket = socket;
        _version = version;
        _client = new RawClient(socket.GetStream(), version);
        _answers = new AnswerReader(version);
    }

    /// <summary>The answers to each step, as text; of an error also its words, which are not compared.</summary>
    public static IReadOnlyList<Outcome> Of(IPEndPoint server, int version, string keyspace, IReadOnlyList<ExchangeStep> steps, CancellationToken cancellationToken)
    {
        var socket = new TcpClient { ReceiveTimeout = ReceiveTimeout };
        socket.Connect(server);
        using var run = new ExchangeRun(socket, version);
        run._client.Startup();
        run._client.Query($"DROP KEYSPACE IF EXISTS {keyspace}");
        run._client.Query($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}");
        run._client.Query($"USE {keyspace}");
        try
        {
            var outcomes = new List<Outcome>();
            foreach (var step in steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CorpusRun.PassMillisecond();
                outcomes.Add(run.IsOfOtherVersion(step) ? LeftOut : run.Run(step));
            }

            return outcomes;
        }
        finally
        {
            run._client.Query($"DROP KEYSPACE IF EXISTS {keyspace}");
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _socket.Dispose();
    }

    private bool IsOfOtherVersion(ExchangeStep step) =>
        step.Options.TryGetValue("v", out var versions) && !versions.Contains((char)('0' + _version));

    private Outcome Run(ExchangeStep step)
    {
        var outcome = Ask(step, step.Options.TryGetValue("state", out var state) ? StateOf(state) : null);
        if (!step.Options.ContainsKey("all"))
        {
            return outcome;
        }

        var compared = new List<string> { outcome.Compared };
        while (_answers.PagingState is { } next && compared.Count < MostPages)
        {
            outcome = Ask(step, next);
            compared.Add(outcome.Compared);
        }

        return new Outcome(string.Join('\n', compared), outcome.Words);
    }

    private byte[]? StateOf(string written) => written == "last"
        ? _state
        : Convert.FromHexString(written.AsSpan(2));

    private Outcome Ask(ExchangeStep step, byte[]? state)
    {
        if (step.Verb == ExchangeVerb.Prepare)
        {
            _prepared.Remove(step.Subject);
        }
        else if (step.Verb == ExchangeVerb.Execute && !_prepared.ContainsKey(step.Subject))
        {
            return new Outcome("it was not prepared", "");
        }

        var (opcode, body) = step.Verb switch
        {
            ExchangeVerb.Query => (WireOpcode.Query, Query(step, state)),
            ExchangeVerb.Prepare => (WireOpcode.Prepare, Prepare(step)),
            ExchangeVerb.Execute => (WireOpcode.Execute, Execute(step, state)),
            _ => (WireOpcode.Batch, Batch(step)),
        };
        _answers.ValuesVary = step.Options.ContainsKey("vary");
        var text = _answers.Read(_client.Ask(opcode, body));
        _state = _answers.PagingState ?? _state;
        if (_answers.StatementId is { } id)
        {
            _prepared[step.Subject] = (id, _answers.MetadataId);
        }
        else if (_answers.MetadataId is { } metadata && !step.Options.ContainsKey("forget"))
        {
            _prepared[step.Subject] = _prepared[step.Subject] with { MetadataId = metadata };
        }

        return new Outcome(text, _answers.Words);
    }

    private byte[] Query(ExchangeStep step, byte[]? state)
    {
        var (cql, values) = Split(step.Body);
        return new WireWriter().LongString(cql).Raw(Parameters(step, values, state)).ToArray();
    }

    private byte[] Prepare(ExchangeStep step)
    {
        var writer = new WireWriter().LongString(step.Body);
        if (_version >= 5)
        {
            var keyspace = step.Options.GetValueOrDefault("ks");
            writer.Int(keyspace is null ? 0 : 1);
            if (keyspace is not null)
            {
                writer.String(keyspace);
            }
        }

        return writer.ToArray();
    }

    private byte[] Execute(ExchangeStep step, byte[]? state)
    {
        var (id, metadataId) = _prepared[step.Subject];
        var writer = new WireWriter().ShortBytes(id);
        if (_version >= 5)
        {
            writer.ShortBytes(step.Options.TryGetValue("known", out var known) ? Convert.FromHexString(known.AsSpan(2)) : metadataId);
        }

        return writer.Raw(Parameters(step, step.Body.Length == 0 ? null : step.Body, state)).ToArray();
    }

    private byte[] Batch(ExchangeStep step)
    {
        var statements = step.Body.Split(";;", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var writer = new WireWriter().Byte(step.Subject switch { "logged" => 0, "unlogged" => 1, "counter" => 2, _ => 3 }).Short(statements.Length);
        foreach (var statement in statements)
        {
            var (text, values) = Split(statement);
            if (text[0] == '@')
            {
                writer.Byte(1).ShortBytes(_prepared[text[1..]].Id);
            }
            else
            {
                writer.Byte(0).LongString(text);
            }

            writer.Raw(ExchangeValues.Encode(values ?? "").Bytes);
        }

        return writer.Raw(Parameters(step, null, null)).ToArray();
    }

    private static (string Text, string? Values) Split(string body)
    {
        var parts = body.Split(" <- ", 2);
        return (parts[0].TrimEnd(), parts.Length > 1 ? parts[1] : null);
    }

    /// <summary>Consistency, flags and what the flags announce (§4.1.4).</summary>
    private byte[] Parameters(ExchangeStep step, string? values, byte[]? state)
    {
        var options = step.Options;
        var encoded = values is null ? default : ExchangeValues.Encode(values);
        var flags = (values is null ? 0 : 0x01) | Flag("skip", 0x02) | Flag("page", 0x04) | (state is null ? 0 : 0x08) | Flag("serial", 0x10) | Flag("ts", 0x20)
            | (encoded.AreNamed ? 0x40 : 0) | Flag("ks", 0x80) | Flag("now", 0x100);
        var writer = new WireWriter().Short(Number("cl", 1));
        if (_version >= 5)
        {
            writer.Int(flags);
        }
        else
        {
            writer.Byte((byte)flags);
        }

        if (values is not null)
        {
            writer.Raw(encoded.Bytes);
        }

        if (options.ContainsKey("page"))
        {
            writer.Int(Number("page", 0));
        }

        if (state is not null)
        {
            writer.Bytes(state);
        }

        if (options.ContainsKey("serial"))
        {
            writer.Short(Number("serial", 0));
        }

        if (options.TryGetValue("ts", out var timestamp))
        {
            writer.Long(long.Parse(timestamp, CultureInfo.InvariantCulture));
        }

        if (options.TryGetValue("ks", out var keyspace))
        {
            writer.String(keyspace);
        }

        if (options.ContainsKey("now"))
        {
            writer.Int(Number("now", 0));
        }

        return writer.ToArray();

        int Flag(string name, int bit) => options.ContainsKey(name) ? bit : 0;
        int Number(string name, int otherwise) => options.TryGetValue(name, out var number) ? int.Parse(number, CultureInfo.InvariantCulture) : otherwise;
    }
}
