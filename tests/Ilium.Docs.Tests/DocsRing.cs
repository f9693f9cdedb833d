using Ilium.TestKit;

namespace Ilium.Docs.Tests;

/// <summary>The node that snippets run on: one, plain, started by the first that asks and shared by all.</summary>
public sealed class DocsRing : IAsyncDisposable
{
    private static readonly RingOptions Options = new() { Subnet = Subnets.Docs };

    private readonly Lazy<Task<RingServer>> _start = new(() => RingServer.StartAsync(Options));
    private int _keyspaces;

    /// <summary>Its address and port. Where none can run, the test that asks is skipped with the reason.</summary>
    public async Task<string> NodeAsync()
    {
        if (RingServer.UnavailableReason(Options) is { } reason)
        {
            Assert.Skip(reason);
        }

        return (await _start.Value).ContactPoints[0].ToString();
    }

    /// <summary>A cluster and a session in a new keyspace of it, with the table the pages talk about.</summary>
    public async Task<(Cluster Cluster, Session Session)> ShopAsync(Func<ClusterOptions, ClusterOptions>? change = null)
    {
        var options = new ClusterOptions { ContactPoints = [await NodeAsync()] };
        var cluster = new Cluster(change is null ? options : change(options));
        var session = await cluster.ConnectAsync();
        var keyspace = $"shop{Interlocked.Increment(ref _keyspaces)}";
        await session.ExecuteAsync("CREATE KEYSPACE " + keyspace + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        var shop = session.WithKeyspace(keyspace);
        await shop.ExecuteAsync("CREATE TABLE users (id uuid PRIMARY KEY, name text, age int, email text)");
        return (cluster, shop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_start.IsValueCreated)
        {
            try
            {
                await (await _start.Value).DisposeAsync();
            }
            catch (InvalidOperationException)
            {
                // The start failed, which the tests have reported; it has cleaned up after itself.
            }
        }
    }
}

[CollectionDefinition(Name)]
public sealed class DocsRingCollection : ICollectionFixture<DocsRing>
{
    public const string Name = "the node that snippets run on";
}
