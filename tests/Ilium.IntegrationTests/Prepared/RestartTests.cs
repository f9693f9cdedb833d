using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Prepared;

/// <summary>One node that is stopped and started, and remembers few prepared statements.</summary>
public sealed class RestartedRing() : RingFixture(new RingOptions { Subnet = Subnets.Restarted, Settings = ["prepared_statements_cache_size: 1MiB"] });

public class RestartTests(RestartedRing restarted) : IClassFixture<RestartedRing>
{
    [Fact]
    public async Task Prepared_statements_of_every_version_outlive_their_node()
    {
        var ring = await restarted.StartedAsync();
        var clients = new List<(Cluster Cluster, Session Session, PreparedStatement Insert, PreparedStatement Select)>();
        try
        {
            foreach (var version in Enum.GetValues<ProtocolVersion>())
            {
                var cluster = new Cluster(new ClusterOptions
                {
                    ContactPoints = [ring.ContactPoints[0]],
                    ProtocolVersion = version,
                    ReconnectBaseDelay = TimeSpan.FromMilliseconds(100),
                    ReconnectMaxDelay = TimeSpan.FromMilliseconds(500),
                    RequestTimeout = TimeSpan.FromSeconds(60),
                });
                var session = await cluster.ConnectAsync(CqlText.Cancelled);
                if (version == ProtocolVersion.V3)
                {
                    await session.CreateKeyspaceAsync("restarted");
                    await session.RunAsync("CREATE TABLE restarted.t (id int PRIMARY KEY, name text)");
                }

                session = session.WithKeyspace("restarted");
                var insert = session.Prepare("INSERT INTO t (id, name) VALUES (?, ?)");
                await session.RunAsync(insert.Bind((int)version, $"{version}"));
                clients.Add((cluster, session, insert, session.Prepare("SELECT * FROM t WHERE id = ?")));
            }

            await ring.StopNodeAsync(1, CqlText.Cancelled);
            foreach (var (_, session, insert, _) in clients)
            {
                var failure = await Assert.ThrowsAnyAsync<CassandraException>(
                    () => session.RunAsync(insert.Bind(0, ""), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(2) }));
                Assert.True(failure is NoNodeAvailableException or ConnectionClosedException or OperationTimedOutException, $"{failure}");
            }

            await ring.StartNodeAsync(1, CqlText.Cancelled);
            foreach (var (cluster, session, insert, select) in clients)
            {
                await UntilReconnected(session);
                var version = cluster.ProtocolVersion;
                await session.RunAsync(insert.Bind(10 + (int)version, "again"));
                Assert.Equal($"{version}", (await session.RunAsync(select.Bind((int)version))).First().Get<string>("name"));
                Assert.Equal("again", session.Execute(select.Bind(10 + (int)version)).First().Get<string>("name"));
            }
        }
        finally
        {
            foreach (var (cluster, _, _, _) in clients)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task More_statements_than_a_node_remembers_all_run(ProtocolVersion version)
    {
        const int Statements = 2_000;
        var ring = await restarted.StartedAsync();
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [ring.ContactPoints[0]],
            ProtocolVersion = version,
            RequestTimeout = TimeSpan.FromMinutes(2),
            PreparedCacheSize = Statements,
        });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        var keyspace = $"crowded{(int)version}";
        await session.CreateKeyspaceAsync(keyspace);
        await session.RunAsync($"CREATE TABLE {keyspace}.t (id int PRIMARY KEY, name text)");
        await session.RunAsync($"INSERT INTO {keyspace}.t (id, name) VALUES (7, 'seven')");

        // Unqualified: text that is sent in place of an id has to mean the same table.
        session = session.WithKeyspace(keyspace);
        var statements = new PreparedStatement[Statements];
        await InParallelAsync(async i => statements[i] = await session.PrepareAsync($"SELECT name AS name_{i} FROM t WHERE id = ?", CqlText.Cancelled));
        await InParallelAsync(async i =>
        {
            var rows = await session.RunAsync(statements[i].Bind(7));
            Assert.Equal("seven", Assert.Single((IEnumerable<Row>)rows).Get<string>($"name_{i}"));
        });
        await InParallelAsync(async i => await session.RunAsync(
            new BatchStatement { new SimpleStatement($"UPDATE t SET name = ? WHERE id = {i}", $"{i}"), new SimpleStatement($"UPDATE t SET name = ? WHERE id = {i + Statements}", "x") }));
        Assert.Equal(2 * Statements, await session.ScalarAsync<long>("SELECT count(*) FROM t"));
        Assert.True(cluster.Runtime.Diagnostics.RepreparedCount > 0, "The node has forgotten nothing.");

        static Task InParallelAsync(Func<int, Task> run) => Parallel.ForEachAsync(
            Enumerable.Range(0, Statements), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = CqlText.Cancelled }, async (i, _) => await run(i));
    }

    /// <summary>Requests fail at once while the node is known to be down: asks until one gets through.</summary>
    private static async Task UntilReconnected(Session session)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await session.RunAsync("SELECT key FROM system.local");
                return;
            }
            catch (NoNodeAvailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }
}
