using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.SystemTables;
using Ilium.Protocol;

namespace Ilium.Embedded.Execution;

/// <summary>Runs statements for one node: holds what was prepared there, and sees the cluster from that node.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class NodeEngine
{
    // Text that is sent again and again need not be parsed again and again.
    private const int MaxCachedTexts = 1024;
    private const int IdLength = 16;

    private readonly ConcurrentDictionary<UInt128, StoredStatement> _prepared = new();
    private readonly ConcurrentDictionary<(string? Keyspace, string Text), CompiledStatement> _texts = new();
    private readonly SystemRows _systemRows;

    internal NodeEngine(Database database, NodeInfo info)
    {
        Database = database;
        Info = info;
        _systemRows = new SystemRows(this);
    }

    internal Database Database { get; }

    internal NodeInfo Info { get; }

    internal TableStore StoreOf(TableDefinition table) => table.IsSystem ? _systemRows.StoreOf(table) : table.Store;

    /// <summary>What was prepared under an id; null for nothing, or when the tables it is about are others now.</summary>
    internal StoredStatement? Find(ReadOnlySpan<byte> id)
    {
        if (id.Length != IdLength || !_prepared.TryGetValue(KeyOf(id), out var prepared))
        {
            return null;
        }

        if (IsCurrent(prepared.Statement) || !IsReshaped(prepared.Statement))
        {
            return prepared;
        }

        Forget(prepared);
        return null;
    }

    internal void Forget(StoredStatement prepared) => _prepared.TryRemove(KeyOf(prepared.Id), out _);

    internal void ForgetAll() => _prepared.Clear();

    internal IEnumerable<StoredStatement> Prepared => _prepared.Values;

    internal StoredStatement Prepare(string text, string? keyspace, RequestContext context)
    {
        keyspace = KeyspaceOf(keyspace, context);
        var statement = Parse(text);
        var compiled = Compile(statement, keyspace, context);
        var (id, needsKeyspace) = IdOf(statement, text, keyspace);
        var prepared = new StoredStatement(id, text, needsKeyspace ? keyspace : null, compiled);
        _prepared[KeyOf(id)] = prepared;
        return prepared;
    }

    internal StatementResult Query(string text, QueryOptions options, RequestContext context)
    {
        var keyspace = KeyspaceOf(options.Keyspace, context);
        if (!_texts.TryGetValue((keyspace, text), out var compiled) || !IsCurrent(compiled))
        {
            compiled = Compile(Parse(text), keyspace, context);
            if (compiled.Table is { IsSystem: false } && text.Length < 1024)
            {
                if (_texts.Count >= MaxCachedTexts)
                {
                    _texts.Clear();
                }

                _texts[(keyspace, text)] = compiled;
            }
        }

        return Run(compiled, options, context);
    }

    internal StatementResult Execute(StoredStatement prepared, QueryOptions options, RequestContext context)
    {
        var statement = prepared.Statement;
        if (!IsCurrent(statement))
        {
            statement = Compile(Parse(prepared.Text), prepared.Keyspace, context);
            _prepared[KeyOf(prepared.Id)] = new StoredStatement(prepared.Id, prepared.Text, prepared.Keyspace, statement);
        }

        return Run(statement, options, context);
    }

    internal StatementResult Batch(BatchKind kind, List<BatchEntry> entries, QueryOptions options, RequestContext context)
    {
        var keyspace = KeyspaceOf(options.Keyspace, context);
        var statements = new List<(CompiledStatement Statement, byte[]?[] Values)>(entries.Count);
        foreach (var entry in entries)
        {
            var compiled = entry.Prepared?.Statement;
            if (compiled is null || !IsCurrent(compiled))
            {
                compiled = Compile(Parse(entry.Text ?? entry.Prepared!.Text), entry.Prepared is null ? keyspace : entry.Prepared.Keyspace, context);
            }

            CheckCount(compiled.Variables, entry.Values, isQuery: entry.Text is not null);
            BoundValues.Check(compiled.Variables, entry.Values);
            if (compiled.Table is { } table)
            {
                Access.Check(this, context, compiled.Needs, table);
            }

            statements.Add((compiled, entry.Values));
        }

        return Batches.Run(kind, statements, options, context);
    }

    internal CompiledStatement Compile(CqlStatement statement, string? keyspace, RequestContext context) => StatementCompiler.Compile(statement, keyspace, this, context);

    internal Guid NewTracingId() => Database.NewTimeUuid().ToGuid();

    internal void RecordTrace(Guid id, Opcode opcode, RequestContext context, EnvelopeBody answer)
    {
        var address = (context.Client.Address as System.Net.IPEndPoint)?.Address ?? System.Net.IPAddress.Loopback;
        var now = Database.Clock.NowMicroseconds();
        var duration = (int)Math.Max(1, now - context.NowMicroseconds);
        var request = opcode switch
        {
            Opcode.Query => "Execute CQL3 query",
            Opcode.Execute => "Execute CQL3 prepared query",
            Opcode.Prepare => "Preparing CQL3 query",
            _ => "Execute batch of CQL3 queries",
        };
        Database.Traces.Add(new TraceSession(id, "QUERY", request, context.NowMicroseconds / 1000, duration, address, Info.EndPoint.Address)
        {
            Events =
            [
                new TraceEvent(Database.NewTimeUuid(), request, 0, Thread.CurrentThread.Name ?? "Native-Transport-Requests-1"),
                new TraceEvent(Database.NewTimeUuid(), answer.Error is null ? "Answered" : "Failed: " + answer.Error.Message, duration, Thread.CurrentThread.Name ?? "Native-Transport-Requests-1"),
            ],
        });
    }

    /// <summary>The keyspace of a request: its own if it names one, else its connection's.</summary>
    private string? KeyspaceOf(string? own, RequestContext context) => own is null ? context.Client.Keyspace
        : Database.Schema.Find(own) is not null ? own : throw CqlError.Invalid($"Keyspace '{own}' does not exist");

    private static UInt128 KeyOf(ReadOnlySpan<byte> id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(id);

    private static CqlStatement Parse(string text)
    {
        try
        {
            return CqlParser.ParseStatement(text);
        }
        catch (CqlSyntaxException error)
        {
            throw CqlError.Syntax(error.Message);
        }
    }

    /// <summary>MD5 of the text, with the keyspace before it where names in the text need one.</summary>
    private static (byte[] Id, bool NeedsKeyspace) IdOf(CqlStatement statement, string text, string? keyspace)
    {
        var needsKeyspace = keyspace is not null && !StatementCompiler.IsQualified(statement);
#pragma warning disable CA5351 // What the server's drivers expect; no secret.
        return (MD5.HashData(Encoding.UTF8.GetBytes(needsKeyspace ? keyspace + text : text)), needsKeyspace);
#pragma warning restore CA5351
    }

    private bool IsCurrent(CompiledStatement statement)
    {
        if (statement is not CompiledBatch)
        {
            return statement.Table is not { } table || ReferenceEquals(Database.Schema.Find(table.Keyspace, table.Name), table);
        }

        var schema = Database.Schema;
        return statement.Tables.All(t => ReferenceEquals(schema.Find(t.Keyspace, t.Name), t));
    }

    /// <summary>Whether a table it is about is gone, another of the same name, or changed in what prepared statements depend on.</summary>
    private bool IsReshaped(CompiledStatement statement)
    {
        var schema = Database.Schema;
        return statement.Tables.Any(t => schema.Find(t.Keyspace, t.Name)?.Shape != t.Shape);
    }

    private static void CheckCount(ResultColumns variables, byte[]?[] values, bool isQuery)
    {
        if (variables.Count != values.Length)
        {
            throw CqlError.Invalid(isQuery ? "Invalid amount of bind variables" : $"There were {variables.Count} markers(?) in CQL but {values.Length} bound variables");
        }
    }

    private StatementResult Run(CompiledStatement statement, QueryOptions options, RequestContext context)
    {
        if (context.Client.Role is not null && statement is { Needs: not Permissions.None, Table: { } table })
        {
            Access.Check(this, context, statement.Needs, table);
        }

        options = options.Names is null ? options : options.ByPosition(statement.Variables);
        CheckCount(statement.Variables, options.Values, isQuery: true);
        BoundValues.Check(statement.Variables, options.Values);
        return statement.Run(options, context);
    }
}
