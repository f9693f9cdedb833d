using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Errors;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Topology.Schema;

/// <summary>Reads whole schema tables or parts of them over one connection, page by page.</summary>
/// <param name="codecs">Decode what comes.</param>
/// <param name="deadline">When a page that is asked for now is given up, in milliseconds of the cluster's clock.</param>
internal sealed class SchemaQuery(CodecRegistry codecs, Func<long> deadline)
{
    // A few hundred kilobytes of columns: pages that neither side notices.
    private const int PageSize = 5000;

    /// <param name="connection">Whom to ask.</param>
    /// <param name="cql">The query, with bind markers for the keys.</param>
    /// <param name="keys">The values of the markers.</param>
    internal async Task<SchemaTable> ReadAsync(CqlConnection connection, string cql, params IReadOnlyList<string> keys)
    {
        var pages = new List<RowSet>();
        var table = new SchemaTable(pages);
        try
        {
            await ReadAsync(connection, cql, keys, pages).Inline();
            return table;
        }
        catch (Exception)
        {
            table.Dispose();
            throw;
        }
    }

    private async Task ReadAsync(CqlConnection connection, string cql, IReadOnlyList<string> keys, List<RowSet> pages)
    {
        ReadOnlyMemory<byte> state = default;
        do
        {
            var response = await InternalRequest.SendAsync(
                connection, Opcode.Query, static (writer, version, query) => Write(writer, version, query.Cql, query.Keys, query.State),
                (Cql: cql, Keys: keys, State: state), deadline(), $"The driver's own query '{cql}'").Inline();
            var page = Decode(response);
            pages.Add(page);
            state = page.PagingState?.ServerState ?? default;
        }
        while (!state.IsEmpty);
    }

    private static void Write(CqlWriter writer, ProtocolVersion version, string cql, IReadOnlyList<string> keys, ReadOnlyMemory<byte> state)
    {
        using var values = new CqlWriter();
        foreach (var key in keys)
        {
            values.WriteLongString(key);
        }

        QueryRequest.Write(writer, version, cql, new QueryParameters
        {
            Consistency = ConsistencyLevel.One,
            PageSize = PageSize,
            PagingState = state,
            EncodedValues = values.WrittenSpan,
            ValueCount = keys.Count,
        });
    }

    private RowSet Decode(InternalResponse response)
    {
        var kept = false;
        try
        {
            response.ThrowIfError();
            var reader = response.Open(out _);
            if ((ResultKind)reader.ReadInt32() != ResultKind.Rows)
            {
                throw new MalformedResponseException($"{response.Connection.EndPoint} answered a query of its schema tables without rows.");
            }

            var result = RowsResult.ReadMetadata(ref reader);
            var decoder = new RowDecoder(result.Metadata!, codecs);
            var count = reader.ReadCount(Math.Max(1, result.ColumnCount) * 4);
            kept = true;
            return new RowSet(response.Body, decoder, reader.Position, count)
            {
                PagingState = result.PagingState is { } state ? new PagingState(state, response.Connection.Version, 0) : null,
            };
        }
        finally
        {
            if (!kept)
            {
                response.Dispose();
            }
        }
    }
}
