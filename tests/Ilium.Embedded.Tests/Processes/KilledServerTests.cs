namespace Ilium.Embedded.Tests.Processes;

/// <summary>What a directory holds after its node was ended, in order or not.</summary>
public class KilledServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_killed_while_it_is_written_to_leaves_what_the_run_before_saved()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no signal that asks a process to end.");
        }

        var directory = Directory.CreateTempSubdirectory("ilium-embedded");
        try
        {
            using (var server = await ServerProcess.StartAsync("0", "--directory", directory.FullName))
            {
                await using var cluster = new Cluster(server.ContactPoint);
                var session = await cluster.ConnectAsync(Cancel);
                await session.ExecuteAsync("CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
                await session.ExecuteAsync("CREATE TABLE ks.t (k int PRIMARY KEY, v int)", cancellationToken: Cancel);
                await WriteAsync(session, 0, 100);
                Assert.Equal(0, await server.TerminateAsync());
            }

            using (var server = await ServerProcess.StartAsync("0", "--directory", directory.FullName))
            {
                await using var cluster = new Cluster(server.ContactPoint);
                var session = await cluster.ConnectAsync(Cancel);
                Assert.Equal(Enumerable.Range(0, 100), await ReadAsync(session));
                await session.ExecuteAsync("CREATE TABLE ks.u (k int PRIMARY KEY)", cancellationToken: Cancel);
                await WriteAsync(session, 100, 100);
                var writing = WriteAsync(session, 200, 1_000_000);
                await server.KillAsync();
                await Assert.ThrowsAnyAsync<CassandraException>(() => writing);
            }

            using (var server = await ServerProcess.StartAsync("0", "--directory", directory.FullName))
            {
                await using var cluster = new Cluster(server.ContactPoint);
                var session = await cluster.ConnectAsync(Cancel);
                Assert.Equal(Enumerable.Range(0, 100), await ReadAsync(session));
                await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.ExecuteAsync("SELECT k FROM ks.u", cancellationToken: Cancel));
                await WriteAsync(session, 100, 1);
                Assert.Equal(0, await server.TerminateAsync());
            }

            using (var server = await ServerProcess.StartAsync("0", "--directory", directory.FullName))
            {
                await using var cluster = new Cluster(server.ContactPoint);
                Assert.Equal(Enumerable.Range(0, 101), await ReadAsync(await cluster.ConnectAsync(Cancel)));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(Session session, int from, int count)
    {
        var insert = await session.PrepareAsync("INSERT INTO ks.t (k, v) VALUES (?, 1)", Cancel);
        for (var k = from; k < from + count; k++)
        {
            await session.ExecuteAsync(insert.Bind(k), new ExecutionOptions { IsIdempotent = false }, Cancel);
        }
    }

    private static async Task<IEnumerable<int>> ReadAsync(Session session) =>
        (await session.ExecuteAsync("SELECT k FROM ks.t", cancellationToken: Cancel)).Select(row => row.Get<int>(0)).Order();
}
