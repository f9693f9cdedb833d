namespace Ilium.Embedded.Tests.Driver;

/// <summary>A driver connected to every one of some embedded nodes, and a table with the numbers from 0 to 9; for tests of what the driver makes of faults.</summary>
internal sealed class DrivenNodes : IAsyncDisposable
{
    private const string Table = "shop.numbers";

    private readonly ActiveFault[] _asked;

    private DrivenNodes(EmbeddedCluster nodes, Cluster cluster, Session session)
    {
        Nodes = nodes;
        Cluster = cluster;
        Session = session;
        // Before all faults, so that they count what those meet.
        _asked = [.. nodes.Nodes.Select(node => node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Execute | FaultPoint.Batch, Statement = Table }))];
    }

    internal EmbeddedCluster Nodes { get; }

    internal Cluster Cluster { get; }

    internal Session Session { get; }

    /// <summary>Gives the number it is asked for, on every node.</summary>
    internal PreparedStatement Read { get; private set; } = null!;

    /// <summary>Writes a number, on every node.</summary>
    internal PreparedStatement Write { get; private set; } = null!;

    /// <summary>How many requests about the numbers each node was asked since the start.</summary>
    internal IReadOnlyList<int> Asked => [.. _asked.Select((watch, node) => watch.Met - Before[node])];

    private int[] Before { get; set; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<DrivenNodes> StartAsync(int count, ClusterOptions? options = null)
    {
        var nodes = await EmbeddedCluster.StartAsync([.. Enumerable.Repeat(new EmbeddedNodeOptions { Listen = false }, count)], Cancel);
        var cluster = new Cluster(nodes.Connect(options));
        var driven = new DrivenNodes(nodes, cluster, await cluster.ConnectAsync(Cancel));
        await driven.PrepareAsync();
        return driven;
    }

    /// <summary>The faults that the next requests about the numbers meet, one after the other, whichever node they come to.</summary>
    internal void Fails(params IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
        {
            Nodes.Faults.Add(fault with { Point = FaultPoint.Execute | FaultPoint.Batch, Statement = Table, Times = fault.Times ?? 1 });
        }
    }

    /// <summary>Waits until every node has a connection.</summary>
    internal Task ConnectedAsync() => Task.WhenAll(Cluster.Runtime.Pools.Select(pool => pool.GetAsync())).WaitAsync(Cancel);

    /// <summary>The number in the one row of an answer.</summary>
    internal static int Number(RowSet rows) => Assert.Single(rows).Get<int>(0);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Nodes.DisposeAsync();
    }

    private async Task PrepareAsync()
    {
        await Session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
        await Session.ExecuteAsync($"CREATE TABLE {Table} (k int PRIMARY KEY)".ToString(), cancellationToken: Cancel);
        await ConnectedAsync();
        // Twice: the first may meet the reading with which the control connection begins. Statements prepared before that would be asked about again.
        await Cluster.RefreshMetadataAsync(Cancel);
        await Cluster.RefreshMetadataAsync(Cancel);
        var prepared = Nodes.Nodes.Select(node => node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Prepare, Statement = Table })).ToArray();
        Read = await Session.PrepareAsync($"SELECT k FROM {Table} WHERE k = ?", Cancel);
        Write = await Session.PrepareAsync($"INSERT INTO {Table} (k) VALUES (?)", Cancel);
        for (var i = 0; i < 10 || prepared.Any(watch => watch.Met < 2); i++)
        {
            await Session.ExecuteAsync(Write.Bind(i % 10), cancellationToken: Cancel);
            await Session.ExecuteAsync(Read.Bind(i % 10), cancellationToken: Cancel);
        }

        Before = [.. _asked.Select(watch => watch.Met)];
    }
}
