using Ilium.TestKit;
using ScriptedRing = Ilium.Tests.Topology.ScriptedRing;

namespace Ilium.Tests.Pool;

/// <summary>On versions 3 and 4 a connection is in one keyspace: each that sessions use has connections of its own to each node.</summary>
public class KeyspacePoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    public async Task Requests_in_a_keyspace_go_to_every_node(ProtocolVersion version)
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { ProtocolVersion = version });
        var session = (await ring.ConnectAsync()).WithKeyspace("shop");
        await UntilAllAreAskedAsync(ring, session);
    }

    [Fact]
    public async Task A_node_that_joins_takes_requests_in_keyspaces_that_are_in_use()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 });
        var session = (await ring.ConnectAsync()).WithKeyspace("shop");
        await UntilAllAreAskedAsync(ring, session);
        var joined = ring.Add(3);
        ring.Tell("TOPOLOGY_CHANGE", "NEW_NODE", joined.Address);
        await ring.Changes.NextAsync(NodeChange.Up, joined.HostId);
        await UntilAllAreAskedAsync(ring, session);
    }

    [Fact]
    public async Task A_node_that_hears_of_a_keyspace_later_than_others_is_used_when_it_has()
    {
        await using var ring = new ScriptedRing(
            3, new ClusterOptions { ProtocolVersion = ProtocolVersion.V4, ReconnectBaseDelay = TimeSpan.FromMilliseconds(1), ReconnectMaxDelay = TimeSpan.FromMilliseconds(1) });
        var session = (await ring.ConnectAsync()).WithKeyspace("shop");
        var refusing = ring[2].Server.On(IsUse, Refuse);
        // The others take them meanwhile.
        for (var i = 0; i < 10; i++)
        {
            Assert.DoesNotContain(2, await ring.AskAsync(session, 3));
        }

        refusing.Dispose();
        await UntilAllAreAskedAsync(ring, session);
    }

    [Fact]
    public async Task A_keyspace_that_is_made_after_it_was_asked_for_is_used_on_every_node()
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 });
        var session = (await ring.ConnectAsync()).WithKeyspace("shop");
        var refusing = new[] { 1, 2, 3 }.Select(number => ring[number].Server.On(IsUse, Refuse)).ToArray();
        var error = await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.ExecuteAsync("SELECT 1", cancellationToken: Cancelled));
        Assert.Equal("Keyspace 'shop' does not exist", error.ServerMessage);
        foreach (var server in refusing)
        {
            server.Dispose();
        }

        await UntilAllAreAskedAsync(ring, session);
    }

    [Fact]
    public async Task The_connections_of_a_keyspace_end_with_it_and_it_may_come_back()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 });
        var session = (await ring.ConnectAsync()).WithKeyspace("shop");
        await UntilAllAreAskedAsync(ring, session);
        var ended = new[] { 1, 2 }.SelectMany(number => ring[number].Server.Requests.Where(IsUse)).Select(static request => request.Connection.Closed).ToArray();
        Assert.Equal(2, ended.Length);
        var refusing = new[] { 1, 2 }.Select(number => ring[number].Server.On(IsUse, Refuse)).ToArray();
        ring.Tell(ResponseBodies.SchemaChangeEvent("DROPPED", "KEYSPACE", "shop", null));
        await Task.WhenAll(ended).WaitAsync(Patience, Cancelled);
        Assert.Equal([1, 1], ring.Cluster.Metadata.Nodes.Select(static node => node.OpenConnections));
        var error = await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.ExecuteAsync("SELECT 1", cancellationToken: Cancelled));
        Assert.Equal("Keyspace 'shop' does not exist", error.ServerMessage);
        foreach (var server in refusing)
        {
            server.Dispose();
        }

        await UntilAllAreAskedAsync(ring, session);
    }

    private static async Task UntilAllAreAskedAsync(ScriptedRing ring, Session session)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        while ((await ring.AskAsync(session, 9)).Count < ring.Cluster.Metadata.Nodes.Count)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static bool IsUse(ServerRequest request) => request.Cql?.StartsWith("USE ", StringComparison.Ordinal) ?? false;

    private static void Refuse(ServerRequest request) => request.Error(WireError.Invalid, "Keyspace 'shop' does not exist");
}
