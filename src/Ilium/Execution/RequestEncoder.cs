using System.IO.Hashing;
using System.Runtime.InteropServices;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>Turns a statement into the envelope of its request, on the caller's thread.</summary>
internal sealed class RequestEncoder(ProtocolVersion version, EnvelopeCompressor? compressor, PreparedCache prepared, ObjectPool<CqlWriter> writers,
    TimestampGenerator timestamps, SchemaDoubts doubts, RequestRouter router, bool runsAsOthers)
{
    internal ProtocolVersion Version => version;

    /// <summary>Encodes the request's statement; false when something has to be prepared first.</summary>
    internal bool TryEncode(Attempt request)
    {
        request.Envelope.Clear();
        router.Begin(request);
        switch (request.Request.Statement)
        {
            case BoundStatement bound:
                return EncodeExecute(request, bound.Prepared, bound.State, bound.Values, bound.Count);
            case SimpleStatement { Values.IsEmpty: true } simple:
                EncodeQuery(request, simple);
                return true;
            case SimpleStatement simple:
                return EncodeSimpleWithValues(request, simple);
            default:
                return EncodeBatch(request, (BatchStatement)request.Request.Statement);
        }
    }

    /// <summary>The texts of a statement that must be prepared before it can be encoded.</summary>
    internal IEnumerable<string> Unprepared(Attempt request, Statement statement) => statement switch
    {
        SimpleStatement { Values.IsEmpty: false } simple when Find(request, simple.Cql) is null => [simple.Cql],
        BatchStatement batch => batch.Statements.SelectMany(child => Unprepared(request, child)).Distinct(),
        _ => [],
    };

    /// <summary>The statement of a request that a node says it does not know; null when it is none of them.</summary>
    internal PreparedStatement? FindPrepared(Attempt request, ReadOnlySpan<byte> id)
    {
        if (request.Request.Statement is not BatchStatement batch)
        {
            return request.Prepared;
        }

        foreach (var child in batch.Statements)
        {
            var statement = child switch
            {
                BoundStatement bound => bound.Prepared,
                SimpleStatement { Values.IsEmpty: false } simple => Find(request, simple.Cql),
                _ => null,
            };
            if (statement is not null && id.SequenceEqual(statement.State.Id))
            {
                return statement;
            }
        }

        return null;
    }

    /// <summary>True when a node need not know a statement for a request that has it: its text goes along. The text means the same only in the request's keyspace.</summary>
    internal static bool IsSentAsText(Attempt request, PreparedStatement statement) =>
        request.SendsText && (request.Request.Statement is not BatchStatement || statement.Keyspace == KeyspaceOf(request));

    private PreparedStatement? Find(Attempt request, string cql) =>
        request.Request.Kept?.GetValueOrDefault(cql) ?? prepared.Find(KeyspaceOf(request), cql);

    private bool EncodeSimpleWithValues(Attempt request, SimpleStatement simple)
    {
        if (Find(request, simple.Cql) is not { } statement)
        {
            return false;
        }

        var state = statement.State;
        if (IsInDoubt(request, statement, state))
        {
            return false;
        }

        var writer = writers.Rent();
        writer.Clear();
        if (!TryWriteValues(request, writer, statement, state, simple, out var count))
        {
            return false;
        }

        request.StatementMark = Mark(simple.Cql, writer.WrittenSpan);
        var encoded = EncodeExecute(request, statement, state, writer.WrittenSpan, count);
        writers.Return(writer);
        return encoded;
    }

    /// <summary>True when a server has said that a table of the statement changed since it was prepared, and no node has been asked about that yet.</summary>
    private bool IsInDoubt(Attempt request, PreparedStatement statement, PreparedState state)
    {
        if (state.KnownChange == doubts.Latest || !doubts.Concern(state) || request.Request.HasAskedAbout(statement))
        {
            return false;
        }

        request.Doubtful = (statement, null);
        return true;
    }

    /// <summary>False when the values don't fit what the cache says of their columns, and a node has to say whether that is still so.</summary>
    private bool TryWriteValues(
        Attempt request, CqlWriter writer, PreparedStatement statement, PreparedState state, SimpleStatement simple, out int count)
    {
        try
        {
            count = WriteValues(writer, state, simple);
            return true;
        }
        catch (CassandraException e) when (e is InvalidTypeException or InvalidValueException && request.Request.Kept?.ContainsKey(simple.Cql) is not true)
        {
            writers.Return(writer);
            request.Doubtful = (statement, e);
            count = 0;
            return false;
        }
    }

    private static int WriteValues(CqlWriter writer, PreparedState state, SimpleStatement simple)
    {
        var columns = state.Variables.Columns;
        if (simple.Names.IsDefault)
        {
            if (simple.Values.Length != columns.Length)
            {
                throw new ArgumentException(
                    $"The statement has {columns.Length} bind markers and was given {simple.Values.Length} values. Statement: {simple.Cql}");
            }

            for (var i = 0; i < columns.Length; i++)
            {
                state.Write(writer, i, simple.Values[i]);
            }

            return columns.Length;
        }

        foreach (var name in simple.Names)
        {
            if (state.Variables.IndexOf(name) < 0)
            {
                throw new ArgumentException(
                    $"The statement has no bind marker '{name}'; it has {string.Join(", ", columns.Select(column => column.Name))}. Statement: {simple.Cql}");
            }
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var value = simple.Names.IndexOf(columns[i].Name);
            if (value < 0)
            {
                state.WriteUnset(writer, i);
            }
            else
            {
                state.Write(writer, i, simple.Values[value]);
            }
        }

        return columns.Length;
    }

    private bool EncodeExecute(Attempt request, PreparedStatement statement, PreparedState bound, ReadOnlySpan<byte> values, int count)
    {
        // A statement that was prepared again since it was bound runs with its new id, if its values still fit.
        var state = request.Repaired ?? statement.State;
        if (request.Repaired is null && IsInDoubt(request, statement, state))
        {
            return false;
        }

        if (!ReferenceEquals(state, bound) && !state.TakesValuesOf(bound))
        {
            throw new InvalidOperationException(
                $"The columns of the statement's bind markers have changed type since it was bound; bind it again. Statement: {statement.Cql}");
        }

        request.Prepared = statement;
        if (IsSentAsText(request, statement))
        {
            // The answer has its columns with it.
            request.PinnedState = null;
            router.Add(request, statement, state, values);
            WriteQuery(request, statement.Cql, values, count, statement.Keyspace, hasTimestamp: !statement.IsRead);
            return true;
        }

        request.PinnedState = state;
        request.HasMetadataId = state.ResultMetadataId is not null && version < ProtocolVersion.V5;
        router.Add(request, statement, state, values);
        WriteExecute(request, statement, state, values, count);
        return true;
    }

    /// <summary>
    /// Encodes an EXECUTE anew for a connection that has metadata ids where the one that it was encoded for has none, or the other way round. Without them
    /// nobody would say when the columns change: they are asked for with the rows.
    /// </summary>
    internal void EncodeAgain(Attempt request, CqlConnection connection)
    {
        request.Envelope.Clear();
        request.HasMetadataId = connection.Extensions.HasMetadataIds;
        var (statement, state) = (request.Prepared!, request.PinnedState!);
        if (request.Request.Statement is BoundStatement bound)
        {
            WriteExecute(request, statement, state, bound.Values, bound.Count);
            return;
        }

        var writer = writers.Rent();
        writer.Clear();
        var count = WriteValues(writer, state, (SimpleStatement)request.Request.Statement);
        WriteExecute(request, statement, state, writer.WrittenSpan, count);
        writers.Return(writer);
    }

    private void WriteExecute(Attempt request, PreparedStatement statement, PreparedState state, ReadOnlySpan<byte> values, int count)
    {
        var skips = state.SkipsMetadata && (request.HasMetadataId || version >= ProtocolVersion.V5);
        var parameters = Parameters(request, statement.Cql, values, count, skips, keyspace: null, hasTimestamp: !statement.IsRead);
        var start = Begin(request, Opcode.Execute);
        // An id of no bytes is that of no columns: the answer brings those that there are, with their id.
        ExecuteRequest.Write(request.Envelope, version, state.Id, state.ResultMetadataId, in parameters, request.HasMetadataId);
        EnvelopeWriter.End(request.Envelope, start, compressor);
    }

    private void EncodeQuery(Attempt request, SimpleStatement simple)
    {
        router.Add(request, simple.Cql);
        WriteQuery(request, simple.Cql, default, 0, KeyspaceOf(request), hasTimestamp: !simple.IsRead);
    }

    private void WriteQuery(Attempt request, string cql, ReadOnlySpan<byte> values, int count, string? keyspace, bool hasTimestamp)
    {
        var parameters = Parameters(request, cql, values, count, skipMetadata: false, version >= ProtocolVersion.V5 ? keyspace : null, hasTimestamp);
        var start = Begin(request, Opcode.Query);
        QueryRequest.Write(request.Envelope, version, cql, in parameters);
        EnvelopeWriter.End(request.Envelope, start, compressor);
    }

    private bool EncodeBatch(Attempt request, BatchStatement batch)
    {
        var keyspace = KeyspaceOf(request);
        var start = Begin(request, Opcode.Batch);
        var body = BatchRequest.Begin(request.Envelope, version, batch.Type);
        foreach (var child in batch.Statements)
        {
            switch (child)
            {
                case BoundStatement bound:
                    var state = bound.Prepared.State;
                    if (IsInDoubt(request, bound.Prepared, state))
                    {
                        return false;
                    }

                    if (!ReferenceEquals(state, bound.State) && !state.TakesValuesOf(bound.State))
                    {
                        throw new InvalidOperationException(
                            $"The columns of a batched statement's bind markers have changed type since it was bound; bind it again. Statement: {bound.Prepared.Cql}");
                    }

                    router.Add(request, bound.Prepared, state, bound.Values);
                    AddChild(request, ref body, bound.Prepared, state, bound.Count, bound.Values);
                    break;
                case SimpleStatement { Values.IsEmpty: true } simple:
                    router.Add(request, simple.Cql);
                    body.AddQuery(request.Envelope, simple.Cql, 0, default);
                    break;
                case SimpleStatement simple:
                    if (Find(request, simple.Cql) is not { } statement)
                    {
                        return false;
                    }

                    var current = statement.State;
                    if (IsInDoubt(request, statement, current))
                    {
                        return false;
                    }

                    var writer = writers.Rent();
                    writer.Clear();
                    if (!TryWriteValues(request, writer, statement, current, simple, out var count))
                    {
                        return false;
                    }

                    router.Add(request, statement, current, writer.WrittenSpan);
                    AddChild(request, ref body, statement, current, count, writer.WrittenSpan);
                    writers.Return(writer);
                    break;
            }
        }

        body.End(request.Envelope, new BatchParameters
        {
            Consistency = request.Consistency,
            SerialConsistency = request.Request.Settings.SerialConsistency,
            Timestamp = TimestampOf(request),
            NowInSeconds = request.Request.Settings.NowInSeconds,
            Keyspace = version >= ProtocolVersion.V5 ? keyspace : null,
        });
        EnvelopeWriter.End(request.Envelope, start, compressor);
        return true;
    }

    private static void AddChild(
        Attempt request, ref BatchRequest body, PreparedStatement statement, PreparedState state, int count, ReadOnlySpan<byte> values)
    {
        if (IsSentAsText(request, statement))
        {
            body.AddQuery(request.Envelope, statement.Cql, count, values);
            return;
        }

        body.AddPrepared(request.Envelope, state.Id, count, values);
    }

    /// <summary>One timestamp for all attempts, so that a write that is repeated does not overtake a later one.</summary>
    private long? TimestampOf(Attempt request)
    {
        if (!request.Request.HasTimestamp)
        {
            request.Request.Timestamp = request.Request.Settings.Timestamp ?? timestamps.Next();
            request.Request.HasTimestamp = true;
        }

        return request.Request.Timestamp;
    }

    private int Begin(Attempt request, Opcode opcode)
    {
        var payload = request.Request.Settings.Payload;
        if (payload is ExecuteAsPayload)
        {
            CheckExecuteAs();
        }

        return EnvelopeWriter.Begin(request.Envelope, version, opcode, request.Request.Settings.Tracing, payload);
    }

    /// <summary>A server that ignores the payload would run the request with the rights of who is logged in, which may be more.</summary>
    private void CheckExecuteAs()
    {
        if (version < ProtocolVersion.V4)
        {
            throw new NotSupportedByProtocolException("ExecutionOptions.ExecuteAs", ProtocolVersion.V4, version);
        }

        if (!runsAsOthers)
        {
            throw new NotSupportedByServerException(
                "ExecutionOptions.ExecuteAs",
                "is what DataStax Enterprise has, and this cluster does not say that it is one: the request would run as who is logged in. A server with a query handler " +
                "of its own that knows the key 'ProxyExecute' can be given it in ExecutionOptions.Payload.");
        }
    }

    private static string? KeyspaceOf(Attempt request) => request.Request.Statement.Keyspace ?? request.Request.Session.Keyspace;

    private QueryParameters Parameters(
        Attempt request, string cql, ReadOnlySpan<byte> values, int count, bool skipMetadata, string? keyspace, bool hasTimestamp)
    {
        var settings = request.Request.Settings;
        if (settings.PagingState is { } state)
        {
            state.Check(version, InKeyspace(Mark(cql, values), NamesKeyspaceOf(request)));
        }

        return new QueryParameters
        {
            Consistency = request.Consistency,
            EncodedValues = values,
            ValueCount = count,
            SkipMetadata = skipMetadata,
            PageSize = settings.PageSize,
            PagingState = settings.PagingState?.ServerState ?? default,
            SerialConsistency = settings.SerialConsistency,
            Timestamp = hasTimestamp ? TimestampOf(request) : settings.Timestamp,
            Keyspace = keyspace,
            NowInSeconds = settings.NowInSeconds,
        };
    }

    /// <summary>The keyspace that the unqualified names of a request's statement are in.</summary>
    internal static string? NamesKeyspaceOf(Attempt request) =>
        request.Request.Statement is BoundStatement bound ? bound.Prepared.Keyspace : KeyspaceOf(request);

    /// <summary>What a paging state belongs to: a statement with its values (see <see cref="Mark"/>) and the tables that its names mean.</summary>
    internal static ulong InKeyspace(ulong mark, string? keyspace) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(keyspace.AsSpan()), (long)mark);

    /// <summary>Names a statement with its values.</summary>
    internal static ulong Mark(string cql, ReadOnlySpan<byte> values) =>
        XxHash3.HashToUInt64(values, (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(cql.AsSpan())));
}
