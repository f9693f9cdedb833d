using System.Collections.Concurrent;
using System.Net;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Types;

namespace Ilium.Execution;

/// <summary>Prepares statements over a connection: for users, for the cache, and again for nodes that have forgotten them.</summary>
internal sealed class StatementPreparer(CodecRegistry codecs, ObjectPool<CqlWriter> writers, SchemaDoubts doubts, EncryptedColumns? encrypted, KeyColumns keys)
{
    // By node, not by connection: what is prepared over one of its connections is known to all.
    private readonly ConcurrentDictionary<(EndPoint Node, PreparedStatement Statement), Flight> _flights = new();

    /// <summary>True for what a node says of itself: overloaded, which it also says while it shuts down, or not ready yet. Another may be able to.</summary>
    internal static bool IsOnlyThere(Exception error) => error is OverloadedException or IsBootstrappingException;

    internal async Task<PreparedStatement> PrepareAsync(CqlConnection connection, string? keyspace, string cql, long deadline) =>
        new(cql, keyspace, await PrepareStateAsync(connection, keyspace, cql, deadline).Inline(), writers);

    /// <summary>
    /// Prepares a statement again where it was forgotten, and makes what the server says now the statement's state. Requests that find
    /// out together share one preparation.
    /// </summary>
    internal Task<PreparedState> RepairAsync(CqlConnection connection, PreparedStatement statement, long deadline) =>
        JoinAsync(connection, statement, adopts: true, deadline);

    /// <summary>Prepares a statement on one more node, unless that is being done; what the node says of it changes nothing.</summary>
    internal Task<PreparedState> PrepareThereAsync(CqlConnection connection, PreparedStatement statement, long deadline) =>
        JoinAsync(connection, statement, adopts: false, deadline);

    private Task<PreparedState> JoinAsync(CqlConnection connection, PreparedStatement statement, bool adopts, long deadline)
    {
        while (true)
        {
            var own = new Flight();
            var flight = _flights.GetOrAdd((connection.EndPoint, statement), own);
            lock (flight)
            {
                if (!flight.HasLanded)
                {
                    flight.Adopts |= adopts;
                    if (ReferenceEquals(flight, own))
                    {
                        _ = FlyAsync(flight, connection, statement, deadline);
                    }

                    return flight.Source.Task;
                }
            }
        }
    }

    private async Task FlyAsync(Flight flight, CqlConnection connection, PreparedStatement statement, long deadline)
    {
        PreparedState? fresh = null;
        Exception? failure = null;
        try
        {
            fresh = await PrepareStateAsync(connection, statement.Keyspace, statement.Cql, deadline).Inline();
        }
        catch (Exception e)
        {
            failure = e;
        }

        lock (flight)
        {
            if (fresh is not null && flight.Adopts)
            {
                statement.Replace(fresh);
            }

            flight.HasLanded = true;
            _flights.TryRemove(new((connection.EndPoint, statement), flight));
        }

        if (failure is null)
        {
            flight.Source.SetResult(fresh!);
        }
        else
        {
            flight.Source.SetException(failure);
            // Of one that nobody waits for, its maker has told.
            _ = flight.Source.Task.Exception;
        }
    }

    private async Task<PreparedState> PrepareStateAsync(CqlConnection connection, string? keyspace, string cql, long deadline)
    {
        // On v3 and v4 the connection itself is in the keyspace.
        var sent = connection.Version >= ProtocolVersion.V5 ? keyspace : null;
        // A change during the preparation may or may not be in it.
        var known = doubts.Latest;
        using var response = await InternalRequest.SendAsync(
            connection, Opcode.Prepare, static (writer, version, what) => PrepareRequest.Write(writer, version, what.cql, what.sent), (cql, sent), deadline,
            $"Preparing '{cql}'").Inline();
        response.ThrowIfError();
        var reader = response.Open(out _);
        if ((ResultKind)reader.ReadInt32() != ResultKind.Prepared)
        {
            throw new MalformedResponseException($"{connection.EndPoint} answered PREPARE with something else. Statement: {cql}");
        }

        var prepared = PreparedResult.Read(ref reader, connection.Version, connection.Extensions.HasMetadataIds);
        var variables = encrypted?.ApplyToVariables(prepared.Variables, cql) ?? prepared.Variables;
        var columns = encrypted?.Apply(prepared.Result) ?? prepared.Result;
        var result = columns.Count > 0 ? new RowDecoder(columns, codecs) : RowDecoder.Empty;
        var key = connection.Version >= ProtocolVersion.V4 ? [.. prepared.PartitionKeyIndexes] : await keys.FindAsync(connection, variables, deadline).Inline();
        EncryptedColumns.CheckKey(variables, key);
        return new PreparedState(
            prepared.Id, prepared.ResultMetadataId, variables, key, result, codecs, connection.Version)
        {
            KnownChange = known,
            IsMarkedConditional = connection.Extensions.ConditionalMask is var mask and not 0 && (prepared.VariableFlags & mask) == mask,
        };
    }

    /// <summary>One preparation of one statement on one node, under way. Its own lock guards it.</summary>
    private sealed class Flight
    {
        internal TaskCompletionSource<PreparedState> Source { get; } = new();

        /// <summary>True when what the node says becomes the statement's state.</summary>
        internal bool Adopts { get; set; }

        internal bool HasLanded { get; set; }
    }
}
