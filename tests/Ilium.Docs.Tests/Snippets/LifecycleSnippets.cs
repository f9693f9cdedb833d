namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class LifecycleSnippets(DocsRing ring)
{
    [Fact]
    public async Task A_cluster_is_made_once_and_disposed_at_the_end()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: lifecycle
        await using (var cluster = new Cluster(TheNode))
        {
            var session = await cluster.ConnectAsync();
            Console.WriteLine($"connected to {cluster.Name} over protocol {cluster.ProtocolVersion}");

            // Any number of sessions and of threads; sessions need no disposing.
            var orders = session.WithKeyspace("system");
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => orders.ExecuteAsync("SELECT key FROM local").AsTask()));
        }

        // end
        var after = new Cluster(TheNode);
        var late = await after.ConnectAsync();
        await after.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => late.ExecuteAsync("SELECT key FROM system.local").AsTask());
    }

    [Fact]
    public async Task Errors_say_whether_a_write_may_have_been_applied()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: lifecycle-errors
        try
        {
            await session.ExecuteAsync($"UPDATE users SET age = {42} WHERE id = {Guid.NewGuid()}");
        }
        catch (CassandraException e) when (e.IsTransient && !e.MayHaveBeenApplied)
        {
            // It certainly did not happen, and may well work if tried again.
        }
        catch (CassandraException e) when (e.MayHaveBeenApplied)
        {
            // It may have happened: read before writing again, or write only what may be written twice.
        }

        // end
    }
}
