using System.Runtime.CompilerServices;

namespace Ilium.Execution;

/// <summary>All rows of a statement, over as many pages as it takes. Rows stay valid after the enumeration has moved on.</summary>
internal static class PagedRows
{
    internal static async IAsyncEnumerable<Row> ReadAsync(
        Session session, Statement statement, ExecutionOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One source for the page being read and the one fetched ahead, so that leaving the loop ends both.
        var keyspace = session.Keyspace;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var page = await session.ExecuteAsync(statement, options, leaving.Token).ConfigureAwait(false);
        Task<RowSet>? ahead = null;

        // A USE that moves the session meanwhile does not move the query.
        Session? rest = null;
        try
        {
            while (true)
            {
                if (page.HasMorePages)
                {
                    rest ??= session.In(keyspace);
                    ahead = rest.ExecuteAsync(statement, Next(options, page.PagingState), leaving.Token).AsTask();
                }

                foreach (var row in page)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return row;
                }

                if (ahead is null)
                {
                    yield break;
                }

                page = await ahead.ConfigureAwait(false);
                ahead = null;
            }
        }
        finally
        {
            if (ahead is not null)
            {
                await leaving.CancelAsync().ConfigureAwait(false);
                await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal static IEnumerable<Row> Read(Session session, Statement statement, ExecutionOptions? options)
    {
        var keyspace = session.Keyspace;
        var page = session.Execute(statement, options);
        Session? rest = null;
        while (true)
        {
            foreach (var row in page)
            {
                yield return row;
            }

            if (!page.HasMorePages)
            {
                yield break;
            }

            rest ??= session.In(keyspace);
            page = rest.Execute(statement, Next(options, page.PagingState));
        }
    }

    private static ExecutionOptions Next(ExecutionOptions? options, PagingState state) => (options ?? new ExecutionOptions()) with { PagingState = state };
}
