using Microsoft.Extensions.Time.Testing;

namespace Ilium.Embedded.Tests.Execution;

public class TimeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_expire_when_the_nodes_clock_says_so()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { TimeProvider = time }, Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE TABLE ks.t (k int PRIMARY KEY, v int, w int)", cancellationToken: Cancel);
        var options = new ExecutionOptions { Timestamp = 5 };
        await session.ExecuteAsync("INSERT INTO ks.t (k, v) VALUES (1, 10) USING TTL 60", options, Cancel);
        await session.ExecuteAsync("UPDATE ks.t SET w = 20 WHERE k = 1", options, Cancel);

        time.Advance(TimeSpan.FromSeconds(59));
        var before = Assert.Single(await session.ExecuteAsync("SELECT v, ttl(v), writetime(v), w FROM ks.t", cancellationToken: Cancel));
        Assert.Equal((10, 1, 5L, 20), (before.Get<int>(0), before.Get<int>(1), before.Get<long>(2), before.Get<int>(3)));

        time.Advance(TimeSpan.FromSeconds(1));
        var after = Assert.Single(await session.ExecuteAsync("SELECT v, ttl(v), w FROM ks.t", cancellationToken: Cancel));
        Assert.Equal((null, null, 20), (after.Get<int?>(0), after.Get<int?>(1), after.Get<int?>(2)));
    }

    [Fact]
    public async Task What_was_deleted_later_stays_deleted()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE TABLE ks.t (k int, c int, v int, PRIMARY KEY (k, c))", cancellationToken: Cancel);
        foreach (var statement in new[]
        {
            "DELETE FROM ks.t USING TIMESTAMP 100 WHERE k = 1 AND c > 5",
            "DELETE FROM ks.t USING TIMESTAMP 100 WHERE k = 1 AND c = 1",
            "DELETE FROM ks.t USING TIMESTAMP 100 WHERE k = 2",
            "INSERT INTO ks.t (k, c, v) VALUES (1, 5, 1) USING TIMESTAMP 99",
            "INSERT INTO ks.t (k, c, v) VALUES (1, 6, 1) USING TIMESTAMP 100",
            "INSERT INTO ks.t (k, c, v) VALUES (1, 7, 1) USING TIMESTAMP 101",
            "INSERT INTO ks.t (k, c, v) VALUES (1, 1, 1) USING TIMESTAMP 100",
            "INSERT INTO ks.t (k, c, v) VALUES (2, 1, 1) USING TIMESTAMP 50",
        })
        {
            await session.ExecuteAsync(new SimpleStatement(statement), cancellationToken: Cancel);
        }

        var rows = await session.ExecuteAsync("SELECT k, c FROM ks.t", cancellationToken: Cancel);

        Assert.Equal([(1, 5), (1, 7)], rows.Select(row => (row.Get<int>(0), row.Get<int>(1))));
    }
}
