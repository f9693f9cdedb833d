namespace Ilium.Load;

/// <summary>The three statements that are measured, and how a flow runs one and reads its answer.</summary>
internal sealed class Workload
{
    private const string OneQuery = "SELECT id, name, age, ts, v FROM bench.one WHERE id = ?";
    private const string PageQuery = "SELECT id, name, age, ts, v FROM bench.page WHERE id = ?";
    private const string InsertQuery = "INSERT INTO bench.one (id, name, age, ts, v) VALUES (?, ?, ?, ?, ?)";
    private const int RowsPerPage = 5000;
    private static readonly DateTimeOffset SomeTime = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private readonly Session _session;
    private readonly PreparedStatement _statement;
    private readonly bool _isInsert;

    private Workload(Session session, PreparedStatement statement, bool isInsert)
    {
        _session = session;
        _statement = statement;
        _isInsert = isInsert;
    }

    internal static async Task<Workload> PrepareAsync(Session session, string mode)
    {
        var query = mode switch { "one" => OneQuery, "page" => PageQuery, _ => InsertQuery };
        return new Workload(session, await session.PrepareAsync(query), mode == "insert");
    }

    /// <summary>Creates the tables on a real node and fills them with what the canned responder answers.</summary>
    internal static async Task SetUpAsync(Session session)
    {
        await session.ExecuteAsync("CREATE KEYSPACE IF NOT EXISTS bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS bench.one (id bigint PRIMARY KEY, name text, age int, ts timestamp, v double)");
        await session.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS bench.page (id bigint, row int, name text, age int, ts timestamp, v double, PRIMARY KEY (id, row))");
        var one = await session.PrepareAsync(InsertQuery);
        await session.ExecuteAsync(one.Bind(42L, "user-00000042", 42, SomeTime, 21.0));
        var page = await session.PrepareAsync("INSERT INTO bench.page (id, row, name, age, ts, v) VALUES (?, ?, ?, ?, ?, ?)");
        for (var row = 0; row < RowsPerPage; row += 100)
        {
            var batch = new BatchStatement(BatchType.Unlogged);
            for (var i = row; i < row + 100; i++)
            {
                batch.Add(page.CreateBuilder().Set(0, 42L).Set(1, i).Set(2, $"user-{i:D8}").Set(3, i % 100).Set(4, SomeTime).Set(5, i * 0.5).Build());
            }

            await session.ExecuteAsync(batch);
        }
    }

    internal ValueTask<RowSet> ExecuteAsync(long id) => _session.ExecuteAsync(Bind(id));

    internal RowSet Execute(long id) => _session.Execute(Bind(id));

    /// <summary>Reads every column of every row; returns the number of rows.</summary>
    internal static int Read(RowSet rows)
    {
        var sum = 0L;
        foreach (var row in rows)
        {
            sum += row.Get<long>(0) + (row.Get<string>(1)?.Length ?? 0) + row.Get<int>(2) + row.Get<DateTimeOffset>(3).Ticks + (long)row.Get<double>(4);
        }

        GC.KeepAlive(sum);
        return rows.Count;
    }

    private BoundStatement Bind(long id) => _isInsert ? _statement.Bind(id, "user-00000042", 42, SomeTime, 21.0) : _statement.Bind(id);
}
