namespace Ilium.Embedded.Tests.Corpus;

/// <summary>Runs a file of the corpus on one cluster, in a fresh keyspace.</summary>
public static class CorpusRun
{
    private const string ReadFailure = "error 0x1300";
    private const int MaxAttempts = 500;

    public static async Task<IReadOnlyList<Outcome>> OfAsync(Cluster cluster, CorpusFile file, CancellationToken cancellationToken)
    {
        var root = await cluster.ConnectAsync(keyspace: null, cancellationToken);
        await root.ExecuteAsync($"DROP KEYSPACE IF EXISTS {file.Name}".AsStatement(), cancellationToken: cancellationToken);
        await root.ExecuteAsync(
            $"CREATE KEYSPACE {file.Name} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}}".AsStatement(), cancellationToken: cancellationToken);
        var session = root.WithKeyspace(file.Name);
        var outcomes = new List<Outcome>();
        foreach (var statement in file.Statements)
        {
            outcomes.Add(await RunOnceIndexedAsync(session, statement, cancellationToken));
        }

        await root.ExecuteAsync($"DROP KEYSPACE {file.Name}".AsStatement(), cancellationToken: cancellationToken);
        return outcomes;
    }

    /// <summary>Where the answers differ and should not, or the other way round.</summary>
    public static IEnumerable<string> DifferencesOf(CorpusFile file, IReadOnlyList<Outcome> expected, IReadOnlyList<Outcome> actual)
    {
        for (var i = 0; i < file.Statements.Count; i++)
        {
            var statement = file.Statements[i];
            var isSame = expected[i].Compared == actual[i].Compared;
            if (isSame != (statement.Difference is null))
            {
                yield return isSame
                    ? $"line {statement.Line}, {statement.Cql}: answers are the same now, though the corpus says that they differ: {statement.Difference}"
                    : $"line {statement.Line}, {statement.Cql}:\n{Outcome.Difference(expected[i], actual[i])}\n";
            }
        }
    }

    private static SimpleStatement AsStatement(this string cql) => new(cql);

    /// <summary>A new index is built in the background, and until it is there, reads that need it fail: nothing else tells that it is.</summary>
    private static async Task<Outcome> RunOnceIndexedAsync(Session session, CorpusStatement statement, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            PassMillisecond();
            var outcome = await RunAsync(session, statement, cancellationToken);
            if (outcome.Compared != ReadFailure || attempt == MaxAttempts)
            {
                return outcome;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    /// <summary>
    /// Conditional writes have timestamps of whole milliseconds and others of microseconds: only a write of an earlier millisecond is surely older.
    /// </summary>
    internal static void PassMillisecond()
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        SpinWait.SpinUntil(() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() != start);
    }

    private static async Task<Outcome> RunAsync(Session session, CorpusStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            if (statement.Mode.HasFlag(CorpusMode.Prepare))
            {
                return Outcome.Of(await session.PrepareAsync(statement.Cql, cancellationToken));
            }

            using var rows = await session.ExecuteAsync(new SimpleStatement(statement.Cql), cancellationToken: cancellationToken);
            return Outcome.Of(rows, statement.Mode);
        }
        catch (ServerException error)
        {
            return Outcome.Of(error);
        }
    }
}
