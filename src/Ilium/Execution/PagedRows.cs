using System.Runtime.CompilerServices;

namespace Ilium.Execution;

/// <summary>All rows of a statement, over as many pages as it takes, in one of the forms below.</summary>
internal static class PagedRows
{
    internal static async IAsyncEnumerable<T> ReadAsync<T, TForm, TEnumerator>(
        Session session, Statement statement, ExecutionOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TForm : IRowForm<T, TEnumerator>
        where TEnumerator : struct, IEnumerator<T>
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

                var rows = TForm.Enumerate(page);
                while (rows.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return rows.Current;
                }

                TForm.Finish(page);
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

    internal static IEnumerable<T> Read<T, TForm, TEnumerator>(Session session, Statement statement, ExecutionOptions? options)
        where TForm : IRowForm<T, TEnumerator>
        where TEnumerator : struct, IEnumerator<T>
    {
        var keyspace = session.Keyspace;
        var page = session.Execute(statement, options);
        Session? rest = null;
        while (true)
        {
            var rows = TForm.Enumerate(page);
            while (rows.MoveNext())
            {
                yield return rows.Current;
            }

            TForm.Finish(page);
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

/// <summary>What rows are given as.</summary>
internal interface IRowForm<T, TEnumerator>
    where TEnumerator : struct, IEnumerator<T>
{
    static abstract TEnumerator Enumerate(RowSet page);

    /// <summary>Called when all rows of a page were taken.</summary>
    static abstract void Finish(RowSet page);
}

/// <summary>Rows as they are. They stay valid after the enumeration has moved on, so their pages are never given back.</summary>
internal readonly struct PlainRows : IRowForm<Row, RowSet.Enumerator>
{
    public static RowSet.Enumerator Enumerate(RowSet page) => page.GetEnumerator();

    public static void Finish(RowSet page)
    {
    }
}

/// <summary>Rows as values of a mapped type, which are copies: each page is given back after its last row.</summary>
internal readonly struct MappedForm<T> : IRowForm<T, MappedRows<T>.Enumerator>
    where T : IRowMapped<T>
{
    public static MappedRows<T>.Enumerator Enumerate(RowSet page) => page.As<T>().GetEnumerator();

    public static void Finish(RowSet page) => page.Dispose();
}
