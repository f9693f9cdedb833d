using Ilium.Tests.Topology;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>Prepared statements on several nodes: who prepares what, when, and how often.</summary>
public class PreparedStatementTests
{
    private const string Insert = "INSERT INTO shop.numbers (k) VALUES (?) USING TTL ";

    // What brings a node back must be an event, not a pause that ends.
    private static ClusterOptions Patient => new()
    {
        TimeProvider = new FakeTimeProvider(),
        ReconnectBaseDelay = TimeSpan.FromHours(1),
        ReconnectMaxDelay = TimeSpan.FromHours(1),
        MetadataRefreshPause = TimeSpan.Zero,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_statement_is_prepared_on_every_node_once_and_never_found_missing(int version)
    {
        await using var nodes = await DrivenNodes.StartAsync(3, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var prepared = Preparations(nodes);

        var insert = await nodes.Session.PrepareAsync(Insert + "7", Cancel);
        await Task.WhenAll(prepared.Select(watch => watch.WaitAsync(1, Cancel)));
        await RunOnAllAsync(nodes, insert);

        Assert.Equal([1, 1, 1], prepared.Select(watch => watch.Met));
        Assert.Equal(0, nodes.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_holds_up_nobodys_preparation()
    {
        await using var nodes = await DrivenNodes.StartAsync(3);
        var held = nodes.Nodes.Nodes.Select(node => node.Faults.Add(Fault.Hold() with { Point = FaultPoint.Prepare, Statement = Insert })).ToArray();

        var preparing = nodes.Session.PrepareAsync(Insert + "7", Cancel).AsTask();
        var first = await Task.WhenAny(held.Select(hold => hold.WaitAsync(1, Cancel)));
        held.First(hold => hold.Held == 1).Release();

        // The other two have been asked, or will be, and do not answer.
        await Task.WhenAll(first, preparing).WaitAsync(Cancel);
    }

    [Fact]
    public async Task Without_preparing_on_all_nodes_the_first_request_there_prepares()
    {
        await using var nodes = await DrivenNodes.StartAsync(3, new ClusterOptions { PrepareOnAllNodes = false });
        var prepared = Preparations(nodes);
        var before = nodes.Cluster.Runtime.Diagnostics.RepreparedCount;

        var insert = await nodes.Session.PrepareAsync(Insert + "7", Cancel);
        Assert.Equal(1, prepared.Sum(watch => watch.Met));
        await RunOnAllAsync(nodes, insert);

        Assert.Equal([1, 1, 1], prepared.Select(watch => watch.Met));
        Assert.Equal(2, nodes.Cluster.Runtime.Diagnostics.RepreparedCount - before);
    }

    [Fact]
    public async Task A_node_that_returns_has_forgotten_and_is_taught_before_it_is_asked()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Patient);
        var (node, restart) = Restarting(nodes);
        var prepared = node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Prepare, Statement = Insert });
        var inserts = new List<PreparedStatement>();
        for (var i = 1; i <= 40; i++)
        {
            inserts.Add(await nodes.Session.PrepareAsync(Insert + i, Cancel));
        }

        await prepared.WaitAsync(40, Cancel);
        await restart();

        // Each once more, and no more.
        await prepared.WaitAsync(80, Cancel);
        foreach (var insert in inserts)
        {
            await RunOnAllAsync(nodes, insert);
        }

        Assert.Equal(80, prepared.Met);
        Assert.Equal(0, nodes.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task Without_that_the_first_request_prepares_on_the_node_that_returned()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Patient with { ReprepareOnUp = false });
        var (node, restart) = Restarting(nodes);
        var prepared = node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Prepare, Statement = Insert });
        var insert = await nodes.Session.PrepareAsync(Insert + "7", Cancel);
        await prepared.WaitAsync(1, Cancel);
        await restart();
        Assert.Equal(1, prepared.Met);

        await RunOnAllAsync(nodes, insert);

        Assert.Equal(2, prepared.Met);
        Assert.Equal(1, nodes.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_statement_one_node_refuses_is_used_on_the_others()
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        var refused = nodes.Nodes.Nodes[1].Faults.Add(Fault.Error(0x2200, "unconfigured table") with { Point = FaultPoint.Prepare, Statement = Insert });
        PreparedStatement? insert = null;
        while (insert is null)
        {
            try
            {
                insert = await nodes.Session.PrepareAsync(Insert + "7", Cancel);
            }
            catch (InvalidQueryException) when (refused.Met < 100)
            {
                // It was asked first, as chance has it each time.
            }
        }

        await refused.WaitAsync(1, Cancel);
        var used = 0;
        for (var i = 0; i < 10; i++)
        {
            try
            {
                used += (await nodes.Session.ExecuteAsync(insert.Bind(i), cancellationToken: Cancel)).Info.Node!.Equals(nodes.Nodes.Nodes[0].EndPoint) ? 1 : 0;
            }
            catch (InvalidQueryException)
            {
                // Asked for it, the node still refuses to prepare it.
            }
        }

        Assert.NotEqual(0, used);
    }

    private static ActiveFault[] Preparations(DrivenNodes nodes) =>
        [.. nodes.Nodes.Nodes.Select(node => node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Prepare, Statement = Insert }))];

    /// <summary>Runs a statement until every node has had it.</summary>
    private static async Task RunOnAllAsync(DrivenNodes nodes, PreparedStatement statement)
    {
        var asked = nodes.Nodes.Nodes.Select(node => node.Faults.Add(Fault.Watch() with { Point = FaultPoint.Execute, Statement = statement.Cql })).ToArray();
        for (var i = 0; asked.Any(watch => watch.Met == 0); i++)
        {
            await nodes.Session.ExecuteAsync(statement.Bind(i), cancellationToken: Cancel);
        }
    }

    /// <summary>A node that the control connection is not on, and how to restart it.</summary>
    private static (EmbeddedNode Node, Func<Task> Restart) Restarting(DrivenNodes nodes)
    {
        var changes = new NodeChangeLog(nodes.Cluster);
        var node = nodes.Nodes.Nodes.First(node => node.HostId != nodes.Cluster.ControlNode!.HostId);
        return (node, async () =>
        {
            // Old enough that the end of its connections is no sign of a server that drops them at once.
            ((FakeTimeProvider)nodes.Cluster.Options.TimeProvider).Advance(TimeSpan.FromSeconds(2));
            node.RefuseConnections();
            await changes.NextAsync(NodeChange.Down, node.HostId);
            node.ForgetPreparedStatements();
            node.AcceptConnections();
            await changes.NextAsync(NodeChange.Up, node.HostId);
        }
        );
    }
}
