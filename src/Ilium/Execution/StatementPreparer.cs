using System.Collections.Concurrent;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Types;

namespace Ilium.Execution;

/// <summary>Prepares statements over a connection: for users, for the cache, and again for nodes that have forgotten them.</summary>
internal sealed class StatementPreparer(CodecRegistry codecs, ObjectPool<CqlWriter> writers)
{
    private readonly ConcurrentDictionary<(CqlConnection Connection, PreparedStatement Statement), Task<PreparedState>> _repairs = new();

    internal async Task<PreparedStatement> PrepareAsync(CqlConnection connection, string? keyspace, string cql, long deadline) =>
        new(cql, keyspace, await PrepareStateAsync(connection, keyspace, cql, deadline).Inline(), writers);

    /// <summary>
    /// Prepares a statement again where it was forgotten, and makes what the server says now the statement's state. Requests that find
    /// out together share one preparation.
    /// </summary>
    internal Task<PreparedState> RepairAsync(CqlConnection connection, PreparedStatement statement, long deadline)
    {
        var key = (connection, statement);
        var source = new TaskCompletionSource<PreparedState>();
        var repair = _repairs.GetOrAdd(key, source.Task);
        if (ReferenceEquals(repair, source.Task))
        {
            _ = RepairOnceAsync(key, source, deadline);
        }

        return repair;
    }

    private async Task RepairOnceAsync(
        (CqlConnection Connection, PreparedStatement Statement) key, TaskCompletionSource<PreparedState> source, long deadline)
    {
        try
        {
            var (connection, statement) = key;
            var fresh = await PrepareStateAsync(connection, statement.Keyspace, statement.Cql, deadline).Inline();
            PreparedState state;
            do
            {
                state = statement.State;
            }
            while (!statement.TryReplace(state, fresh));
            _repairs.TryRemove(key, out _);
            source.SetResult(fresh);
        }
        catch (Exception e)
        {
            _repairs.TryRemove(key, out _);
            source.SetException(e);
        }
    }

    private async Task<PreparedState> PrepareStateAsync(CqlConnection connection, string? keyspace, string cql, long deadline)
    {
        // On v3 and v4 the connection itself is in the keyspace.
        var sent = connection.Version >= ProtocolVersion.V5 ? keyspace : null;
        using var response = await InternalRequest.SendAsync(
            connection, Opcode.Prepare, static (writer, version, what) => PrepareRequest.Write(writer, version, what.cql, what.sent), (cql, sent), deadline,
            $"Preparing '{cql}'").Inline();
        response.ThrowIfError();
        var reader = response.Open(out _);
        if ((ResultKind)reader.ReadInt32() != ResultKind.Prepared)
        {
            throw new MalformedResponseException($"{connection.EndPoint} answered PREPARE with something else. Statement: {cql}");
        }

        var prepared = PreparedResult.Read(ref reader, connection.Version);
        var result = prepared.Result.Count > 0 ? new RowDecoder(prepared.Result, codecs) : RowDecoder.Empty;
        return new PreparedState(
            prepared.Id, prepared.ResultMetadataId, prepared.Variables, prepared.PartitionKeyIndexes, result, codecs, connection.Version);
    }
}
