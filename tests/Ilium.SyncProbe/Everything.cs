namespace Ilium.SyncProbe;

/// <summary>Every synchronous verb once, with what makes the driver work most: connecting, opening a keyspace's pool, preparing, paging, a large page.</summary>
internal static class Everything
{
    private const int Rows = 300;
    private const int LongText = 2_000;

    internal static void Do(ClusterOptions options, string keyspace, int id)
    {
        using var cluster = new Cluster(options);
        Do(cluster, keyspace, id);
    }

    internal static void Do(Cluster cluster, string keyspace, int id)
    {
        var session = cluster.Connect(keyspace);
        Check(session.Execute("SELECT key FROM system.local").First().Get<string>(0), "local");
        var view = cluster.Connect().WithKeyspace("system");
        Check(view.Execute("SELECT key FROM local").First().Get<string>(0), "local");

        var insert = session.Prepare("INSERT INTO t (id, part, name) VALUES (?, ?, ?)");
        session.Execute(insert.Bind(id, 0, "bound"));
        session.Execute(new SimpleStatement("INSERT INTO t (id, part, name) VALUES (?, ?, ?)", id, 1, "valued"));
        session.Execute($"INSERT INTO t (id, part, name) VALUES ({id}, {2}, {"hole"})");
        var batch = new BatchStatement(BatchType.Unlogged);
        for (var part = 3; part < Rows; part++)
        {
            batch.Add(insert.Bind(id, part, new string('x', LongText)));
            if (batch.Count == 10 || part == Rows - 1)
            {
                session.Execute(batch);
                batch = new BatchStatement(BatchType.Unlogged);
            }
        }

        Check(session.Execute(new SimpleStatement("SELECT name FROM t WHERE id = ?", id)).Count, Rows);
        Check(session.Query(new SimpleStatement("SELECT part, name FROM t WHERE id = ?", id), new ExecutionOptions { PageSize = 20 }).Sum(row => row.Get<int>(0)), Rows * (Rows - 1) / 2);
        session.Execute("CREATE TABLE IF NOT EXISTS made (id int PRIMARY KEY)");
        Check(cluster.WaitForSchemaAgreement(), true);
        Check(cluster.GetSchema().FindTable(keyspace, "t")?.Columns.Count, 3);
        Check(cluster.RefreshSchema(keyspace, "made").FindTable(keyspace, "made")?.Columns.Count, 1);
        session.Execute("USE system");
        Check(session.Execute("SELECT key FROM local").First().Get<string>(0), "local");
    }

    private static void Check<T>(T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
        {
            throw new InvalidOperationException($"{actual} instead of {expected}");
        }
    }
}
