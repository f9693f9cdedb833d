using System.Net;
using System.Net.Sockets;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Sessions;

[Collection(PlainRingCollection.Name)]
public class ConnectingTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task A_pinned_version_is_the_one_spoken(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        Assert.Equal(version, session.Cluster.ProtocolVersion);
        Assert.Contains((int)version, await ServedVersionsAsync(session));
    }

    [Theory, EachVersion]
    public async Task The_highest_version_allowed_is_the_one_spoken(ProtocolVersion highest)
    {
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [await keyspace.ContactPointAsync()], MaxProtocolVersion = highest });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.Equal(highest, cluster.ProtocolVersion);
        Assert.Contains((int)highest, await ServedVersionsAsync(session));
    }

    [Fact]
    public async Task Contact_points_may_be_several_doubled_and_partly_dead()
    {
        var live = await keyspace.ContactPointAsync();
        var dead = $"{IPEndPoint.Parse(live).Address}:{UnusedPort()}";
        await using var cluster = new Cluster(dead, live, live, dead);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.StartsWith("5.0.", await session.ScalarAsync<string>("SELECT release_version FROM system.local"), StringComparison.Ordinal);
        Assert.Single(cluster.Runtime.Snapshot.Nodes);
    }

    [Fact]
    public async Task A_port_for_all_contact_points_serves_those_without_their_own()
    {
        var live = IPEndPoint.Parse(await keyspace.ContactPointAsync());
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [$"{live.Address}"], Port = live.Port });
        await cluster.ConnectAsync(CqlText.Cancelled);
        await using var own = new Cluster(new ClusterOptions { ContactPoints = [$"{live}"], Port = UnusedPort() });
        await own.ConnectAsync(CqlText.Cancelled);
    }

    [Fact]
    public async Task When_every_contact_point_refuses_each_ones_reason_is_told_and_connecting_again_is_tried_again()
    {
        var live = IPEndPoint.Parse(await keyspace.ContactPointAsync());
        var (first, second) = ($"{live.Address}:{UnusedPort()}", $"127.0.0.1:{UnusedPort()}");
        await using var cluster = new Cluster(first, second);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
            Assert.Contains(first, failure.Message, StringComparison.Ordinal);
            Assert.Contains(second, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Fifty_callers_that_connect_at_once_open_one_cluster()
    {
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [await keyspace.ContactPointAsync()] });
        Assert.Empty(cluster.Runtime.AllConnections);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await cluster.ConnectAsync(CqlText.Cancelled))));
        Assert.Single(cluster.Runtime.Connections);
    }

    [Fact]
    public async Task A_connection_string_connects()
    {
        await keyspace.SessionAsync(ProtocolVersion.V5);
        var live = IPEndPoint.Parse(await keyspace.ContactPointAsync());
        await using var cluster = Cluster.Parse($"Contact Points={live.Address}:{live.Port};Keyspace={keyspace.Name};Local Datacenter=dc1");
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.Equal(keyspace.Name, session.Keyspace);
        await session.RunAsync("CREATE TABLE from_string (id int PRIMARY KEY)");
        Assert.Equal(keyspace.Name, (await session.RunAsync("SELECT id FROM from_string")).Columns[0].Keyspace);
    }

    [Fact]
    public async Task An_unknown_data_center_is_told_with_those_there_are()
    {
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [await keyspace.ContactPointAsync()], LocalDatacenter = "nowhere" });
        var failure = await Record.ExceptionAsync(async () => await cluster.ConnectAsync(CqlText.Cancelled));
        Assert.Contains("nowhere", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("dc1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_cluster_says_so()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var cluster = new Cluster(session.Cluster.Options);
        var own = await cluster.ConnectAsync(CqlText.Cancelled);
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => own.RunAsync("SELECT key FROM system.local"));
        Assert.Throws<ObjectDisposedException>(() => own.Prepare("SELECT key FROM system.local"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
    }

    /// <summary>The versions of all connections, as the server lists them.</summary>
    private static async Task<int[]> ServedVersionsAsync(Session session) =>
        [.. (await session.RunAsync("SELECT protocol_version FROM system_views.clients")).Select(row => row.Get<int>(0))];

    private static int UnusedPort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
