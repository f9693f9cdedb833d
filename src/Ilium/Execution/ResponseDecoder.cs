using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Types;

namespace Ilium.Execution;

/// <summary>Turns the answer to a request into a <see cref="RowSet"/>. Called on the thread that completes the request; rows stay bytes.</summary>
internal sealed class ResponseDecoder(ClusterRuntime cluster)
{
    private static readonly PooledBody NoBody = new([], 0, 0);

    /// <summary>Decodes a RESULT; takes the body of the request's answer.</summary>
    /// <exception cref="MalformedResponseException">The bytes are not what the protocol says.</exception>
    internal RowSet Decode(Attempt request, out string? newKeyspace, out SchemaChange? change)
    {
        newKeyspace = null;
        change = null;
        var header = request.ResponseHeader;
        var body = request.TakeBody();
        var kept = false;
        try
        {
            var reader = new CqlReader(body.Span);
            var prefix = ResponsePrefix.Read(header, ref reader);
            var kind = (ResultKind)reader.ReadInt32();
            var info = Info(request, prefix);
            if (prefix.Payload.Count > 0)
            {
                LearnTablet(request, prefix.Payload);
            }

            switch (kind)
            {
                case ResultKind.Rows:
                    var rows = DecodeRows(request, body, ref reader, info);
                    kept = true;
                    return rows;
                case ResultKind.SetKeyspace:
                    newKeyspace = reader.ReadString();
                    return Empty(info);
                case ResultKind.SchemaChange:
                    change = SchemaChange.Read(ref reader);
                    return Empty(info);
                case ResultKind.Void:
                case ResultKind.Prepared:
                    return Empty(info);
                default:
                    throw new MalformedResponseException($"The server sent a result of unknown kind {(int)kind}.");
            }
        }
        finally
        {
            if (!kept)
            {
                body.Return();
            }
        }
    }

    private RowSet DecodeRows(Attempt request, PooledBody body, ref CqlReader reader, ExecutionInfo info)
    {
        var version = request.Connection!.Version;
        var pinned = request.PinnedState;
        var result = RowsResult.ReadMetadata(ref reader, pinned?.Result.Metadata);
        var decoder = FindDecoder(request, pinned, result);
        var rowCount = reader.ReadCount(Math.Max(1, result.ColumnCount) * 4);
        return new RowSet(body, decoder, reader.Position, rowCount)
        {
            Info = info,
            PagingState = result.PagingState is { } state ? new PagingState(state, version, RequestEncoder.InKeyspace(Mark(request), RequestEncoder.NamesKeyspaceOf(request))) : null,
        };
    }

    private RowDecoder FindDecoder(Attempt request, PreparedState? pinned, in RowsMetadata result)
    {
        if (result.Metadata is not { } metadata)
        {
            if (pinned is null || pinned.Result.Metadata.Count != result.ColumnCount)
            {
                throw new MalformedResponseException(
                    $"The server left out the columns of a result with {result.ColumnCount}, which were not known from preparing it.");
            }

            return pinned.Result;
        }

        if (pinned is not null && ReferenceEquals(metadata, pinned.Result.Metadata))
        {
            return pinned.Result;
        }

        var decoder = new RowDecoder(cluster.Encrypted?.Apply(metadata) ?? metadata, cluster.Codecs);
        if (result.NewMetadataId is { } id && pinned is { Result.Metadata.Count: > 0 })
        {
            // v5, or ScyllaDB, says that the columns have changed: adopt them with their id, as one object, for the requests to come. Whoever
            // was first wins; this answer is decoded with its own columns in any case.
            request.Prepared!.TryReplace(pinned, pinned.WithResult(id, decoder));
        }

        return decoder;
    }

    /// <summary>The answer is good; the next request may take a shorter way.</summary>
    private void LearnTablet(Attempt request, IReadOnlyDictionary<string, byte[]> payload)
    {
        if (request.Connection!.Extensions.HasTablets && request.PinnedState is { Variables.Count: > 0 } state &&
            payload.TryGetValue(ServerExtensions.TabletPayload, out var tablet))
        {
            var column = state.Variables.Columns[0];
            cluster.Tablets.Learn(column.Keyspace, column.Table, tablet, cluster.Snapshot.Metadata.FindNode);
        }
    }

    private static ulong Mark(Attempt request) => request.Request.Statement switch
    {
        BoundStatement bound => RequestEncoder.Mark(bound.Prepared.Cql, bound.Values),
        SimpleStatement { Values.IsEmpty: true } simple => RequestEncoder.Mark(simple.Cql, default),
        _ => request.StatementMark,
    };

    /// <summary>The result of something that never went to a server.</summary>
    internal static RowSet Nothing => Empty(ExecutionInfo.Empty);

    /// <summary>The result of a request whose failure is ignored.</summary>
    internal static RowSet Ignored(Attempt request) =>
        Empty(ExecutionInfo.Empty with { Node = request.Connection?.EndPoint, Attempts = request.Request.Attempts });

    /// <summary>The result of something that returned no rows.</summary>
    internal static RowSet Empty(ExecutionInfo info) => new(NoBody, RowDecoder.Empty, 0, 0) { Info = info };

    private static ExecutionInfo Info(Attempt request, in ResponsePrefix prefix)
    {
        var node = request.Connection!.PlainInfo;
        return prefix.TracingId is null && prefix.Warnings.Count == 0 && prefix.Payload.Count == 0 && request.Request.Attempts.Count == 0
            ? node
            : node with { Attempts = request.Request.Attempts, TracingId = prefix.TracingId, Warnings = prefix.Warnings, Payload = prefix.Payload };
    }
}
