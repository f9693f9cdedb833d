using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.IntegrationTests.Faults;

/// <summary>
/// Three nodes in three racks, shared by the tests that kill, pause and restart them. Servers wait long for each other, so that a machine that is busy starting a
/// node is not taken for a fault of the driver.
/// </summary>
public sealed class FaultRing() : RingFixture(new RingOptions
{
    Subnet = Subnets.Topology,
    Nodes = 3,
    Racks = ["r1", "r2", "r3"],
    StartsLightly = true,
    Settings = ["write_request_timeout: 5000ms", "read_request_timeout: 5000ms", "range_request_timeout: 5000ms"],
})
{
    /// <summary>Every row is on every node.</summary>
    public const string Keyspace = "faults";

    private int _tables;

    /// <summary>The ring with all of its nodes up, each of which takes the others for up, whatever the test before has left.</summary>
    public async Task<RingServer> WholeAsync()
    {
        var ring = await StartedAsync();
        for (var node = 1; node <= 3; node++)
        {
            await ring.ResumeAsync(node, CqlText.Cancelled);
        }

        await ring.StartNodesAsync(CqlText.Cancelled);
        await using var cluster = new Cluster(Options(ring));
        await UntilWholeAsync(await cluster.ConnectAsync(CqlText.Cancelled));
        return ring;
    }

    /// <summary>The driver's own defaults, but for pauses before it reconnects that are short enough for a test.</summary>
    public static ClusterOptions Options(RingServer ring) => new()
    {
        ContactPoints = [.. ring.ContactPoints.Select(static node => (ContactPoint)node)],
        ReconnectBaseDelay = TimeSpan.FromMilliseconds(100),
        ReconnectMaxDelay = TimeSpan.FromSeconds(1),
    };

    /// <summary>A session of a cluster that is connected to all nodes, and what happens to them from then on.</summary>
    /// <param name="cluster">To connect.</param>
    /// <param name="nodes">So many nodes are up.</param>
    internal static async Task<(Session Session, NodeChangeLog Changes)> ConnectAsync(Cluster cluster, int nodes = 3)
    {
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        try
        {
            for (var i = 0; i < nodes; i++)
            {
                await changes.NextAsync(NodeChange.Up);
            }
        }
        catch (TimeoutException e)
        {
            var states = cluster.Metadata.Nodes.Select(static node => $"{node} {node.State} {node.OpenConnections} {node.Pools.Plain.LastFailure?.Message}");
            throw new TimeoutException($"{e.Message} Nodes: {string.Join("; ", states)}", e);
        }

        return (session, changes);
    }

    /// <summary>A name that no other test has.</summary>
    public string NewTable() => $"{Keyspace}.t{Interlocked.Increment(ref _tables)}";

    /// <summary>Returns once every node has coordinated a read of all replicas: it takes them for up.</summary>
    public static async Task UntilWholeAsync(Session session, int nodes = 3)
    {
        var options = new ExecutionOptions { Consistency = ConsistencyLevel.All, RetryPolicy = RetryPolicy.Fallthrough, Timeout = TimeSpan.FromSeconds(20) };
        var coordinators = new HashSet<System.Net.EndPoint>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await PatientlyAsync(session, $"CREATE KEYSPACE IF NOT EXISTS {Keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 3}}".AsCql(), patience.Token);
        await PatientlyAsync(session, $"CREATE TABLE IF NOT EXISTS {Keyspace}.whole (id int PRIMARY KEY)".AsCql(), patience.Token);
        while (coordinators.Count < nodes)
        {
            try
            {
                var read = new SimpleStatement($"SELECT id FROM {Keyspace}.whole WHERE id = 1");
                coordinators.Add((await session.ExecuteAsync(read, options, patience.Token)).Info.Node!);
            }
            catch (CassandraException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
            }
        }
    }

    /// <summary>Repeats a change of the schema until it works: not all nodes of a ring that has just started know of each other yet.</summary>
    internal static async Task PatientlyAsync(Session session, string cql, CancellationToken patience)
    {
        while (true)
        {
            try
            {
                await session.ExecuteAsync(new SimpleStatement(cql), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(30) }, patience);
                return;
            }
            catch (CassandraException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience);
            }
        }
    }
}

/// <summary>One test after the other, and nothing else in the process beside them: they measure.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultRingCollection : ICollectionFixture<FaultRing>
{
    public const string Name = "three nodes that fail, alone in the process";
}
