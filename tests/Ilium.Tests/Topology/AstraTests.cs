using System.Net;
using System.Text;
using Ilium.TestKit;

namespace Ilium.Tests.Topology;

public sealed class AstraTests
{
    [Fact]
    public async Task Every_node_is_reached_through_the_proxy_by_its_host_id()
    {
        await using var database = new AstraDatabase(nodes: 3);
        // One is enough to begin with: the others are in the tables, at addresses that lead nowhere.
        database.LeadTo(database.Proxy, database.HostIds[1]);
        await using var cluster = new Cluster(database.Options);
        var session = await AstraDatabase.ConnectAsync(cluster, new NodeChangeLog(cluster));

        Assert.Equal(database.HostIds, cluster.Metadata.Nodes.Select(static node => node.HostId).Order());
        Assert.All(cluster.Metadata.Nodes, node =>
        {
            var endPoint = Assert.IsType<SniEndPoint>(node.EndPoint);
            Assert.Equal(("localhost", database.Proxy.EndPoint.Port, node.HostId), (endPoint.ProxyHost, endPoint.ProxyPort, endPoint.HostId));
            Assert.Equal($"localhost:{database.Proxy.EndPoint.Port}/{node.HostId} (dc1, r1)", node.ToString());
        });
        Assert.Equal(database.HostIds.Select(static hostId => hostId.ToString()), database.Proxy.ServerNames.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(database.HostIds[1].ToString(), database.Proxy.ServerNames[0]);

        var answered = new HashSet<EndPoint>();
        for (var i = 0; i < 12; i++)
        {
            var rows = await session.ExecuteAsync("SELECT 1", cancellationToken: TestContext.Current.CancellationToken);
            answered.Add(rows.Info.Node!);
        }

        Assert.Equal(cluster.Metadata.Nodes.Select(static node => node.EndPoint).ToHashSet(), answered);
        Assert.Empty(database.Logs.Of(113));
        Assert.Empty(database.Logs.Of(102));
        Assert.Equal($"Astra's metadata service at localhost:{database.Service.EndPoint.Port} says: proxy localhost:{database.Proxy.EndPoint.Port}, data center dc1, 1 nodes to begin with.",
            Assert.Single(database.Logs.Of(130)));
    }

    [Fact]
    public async Task The_service_is_asked_once_for_its_metadata_and_told_nothing_else()
    {
        await using var database = new AstraDatabase(nodes: 1);
        await using var cluster = new Cluster(database.Options);
        await AstraDatabase.ConnectAsync(cluster, new NodeChangeLog(cluster));
        Assert.Equal($"GET /metadata HTTP/1.1\r\nHost: localhost:{database.Service.EndPoint.Port}\r\n\r\n", Assert.Single(database.Service.Requests));
    }

    [Fact]
    public async Task The_local_data_center_is_the_one_that_the_service_names()
    {
        await using var database = new AstraDatabase(nodes: 2);
        // Another one than the node's that is asked first; what the cluster has no node in is not believed.
        database.Servers[0].Peers = [database.Servers[1].Options.Local with { DataCenter = "dc2" }];
        database.Service.Respond = () => Answer(database, [database.HostIds[0]], "dc2");
        await using var cluster = new Cluster(database.Options);
        await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Equal("dc2", cluster.Metadata.LocalDatacenter);

        database.Service.Respond = () => Answer(database, [database.HostIds[0]], "nowhere");
        await using var other = new Cluster(database.Options);
        await other.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Equal("dc1", other.Metadata.LocalDatacenter);
    }

    [Fact]
    public async Task Peers_without_addresses_are_nodes_all_the_same()
    {
        await using var database = new AstraDatabase(nodes: 2, new ScriptedServerOptions { HasPeersV2 = false });
        ColumnSpec[] columns =
        [
            Column("peer", TypeBytes.Inet), Column("data_center", TypeBytes.Text), Column("host_id", TypeBytes.Uuid), Column("rack", TypeBytes.Text),
            Column("rpc_address", TypeBytes.Inet), Column("tokens", TypeBytes.Set(TypeBytes.Text)),
        ];
        foreach (var server in database.Servers)
        {
            server.On(
                static request => request.Cql == "SELECT * FROM system.peers",
                request => request.Rows(
                    columns,
                    [
                        .. server.Peers.Select(static peer => new[]
                        {
                            ValueBytes.Inet(peer.Address.Address), ValueBytes.Text("dc1"), ValueBytes.Uuid(peer.HostId), ValueBytes.Text("r1"), null,
                            ValueBytes.List(ValueBytes.Text(peer.Tokens[0])),
                        }),
                    ]));
        }

        await using var cluster = new Cluster(database.Options);
        await AstraDatabase.ConnectAsync(cluster, new NodeChangeLog(cluster));
        Assert.Equal(database.HostIds, cluster.Metadata.Nodes.Select(static node => node.HostId).Order());

        static ColumnSpec Column(string name, byte[] type) => new(name, type, "system", "peers");
    }

    [Fact]
    public async Task An_event_that_names_an_address_means_the_node_that_has_it()
    {
        await using var database = new AstraDatabase(nodes: 2);
        // The clock stands still: nothing is tried again after a pause.
        var time = new Execution.CountingTime();
        await using var cluster = new Cluster(database.Options with { TimeProvider = time });
        var changes = new NodeChangeLog(cluster);
        await AstraDatabase.ConnectAsync(cluster, changes);
        // Connections that are older are replaced at once.
        time.Advance(TimeSpan.FromSeconds(2));
        var control = database.Servers.Single(static server => server.Connections.Any(static connection => connection.RegisteredEvents.Count > 0));
        var other = database.Servers.Single(server => server != control);

        database.Proxy.Forget(other.Options.Local.HostId);
        foreach (var connection in other.Connections)
        {
            connection.Reset();
        }

        await changes.NextAsync(NodeChange.Down, other.Options.Local.HostId);
        database.Proxy.Route(other.Options.Local.HostId, other);
        control.SendEvent(ResponseBodies.NodeEvent("STATUS_CHANGE", "UP", other.Options.Local.Address));
        await changes.NextAsync(NodeChange.Up, other.Options.Local.HostId);
    }

    [Fact]
    public async Task When_the_proxy_is_elsewhere_the_service_says_where()
    {
        await using var database = new AstraDatabase(nodes: 3);
        await using var cluster = new Cluster(database.Options with
        {
            ReconnectBaseDelay = TimeSpan.FromMilliseconds(20),
            ReconnectMaxDelay = TimeSpan.FromMilliseconds(100),
            RequestTimeout = TimeSpan.FromMinutes(1),
        });
        var changes = new NodeChangeLog(cluster);
        var session = await AstraDatabase.ConnectAsync(cluster, changes);
        var nodes = cluster.Metadata.Nodes.ToArray();

        await database.MoveProxyAsync();
        foreach (var hostId in database.HostIds)
        {
            await changes.NextAsync(NodeChange.Moved, hostId);
        }

        Assert.Empty(await cluster.WarmUpAsync(TestContext.Current.CancellationToken));
        Assert.True(nodes.ToHashSet().SetEquals(cluster.Metadata.Nodes), "A node that moves is the same node.");
        Assert.All(nodes, node => Assert.Equal(database.Proxy.EndPoint.Port, ((SniEndPoint)node.EndPoint).ProxyPort));
        var rows = await session.ExecuteAsync("SELECT 1", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(database.Proxy.EndPoint.Port, ((SniEndPoint)rows.Info.Node!).ProxyPort);
    }

    [Fact]
    public async Task When_all_nodes_were_replaced_the_service_names_the_new_ones()
    {
        await using var database = new AstraDatabase(nodes: 2);
        var (former, next) = (database.HostIds[0], database.HostIds[1]);
        database.Servers[0].Peers = [];
        database.Servers[1].Peers = [];
        database.LeadTo(database.Proxy, former);
        await using var cluster = new Cluster(database.Options with { ReconnectBaseDelay = TimeSpan.FromMilliseconds(20), ReconnectMaxDelay = TimeSpan.FromMilliseconds(100) });
        var changes = new NodeChangeLog(cluster);
        await AstraDatabase.ConnectAsync(cluster, changes);

        database.LeadTo(database.Proxy, next);
        database.Proxy.Forget(former);
        await database.Servers[0].DisposeAsync();
        await changes.NextAsync(NodeChange.Up, next);
        Assert.Equal([next], cluster.Metadata.Nodes.Select(static node => node.HostId));
    }

    [Fact]
    public async Task A_service_that_fails_while_nodes_are_away_is_asked_again()
    {
        await using var database = new AstraDatabase(nodes: 1);
        await using var cluster = new Cluster(database.Options with { ReconnectBaseDelay = TimeSpan.FromMilliseconds(20), ReconnectMaxDelay = TimeSpan.FromMilliseconds(100) });
        var changes = new NodeChangeLog(cluster);
        await AstraDatabase.ConnectAsync(cluster, changes);

        await database.MoveProxyAsync();
        var asked = database.Service.Requests.Count;
        database.Service.Respond = () => MetadataServer.Answer(500, "");
        await database.Service.WaitForRequestsAsync(asked + 3, TestContext.Current.CancellationToken);
        Assert.NotEmpty(database.Logs.Of(109));
        database.LeadTo(database.Proxy);
        await changes.NextAsync(NodeChange.Moved);
    }

    [Fact]
    public async Task Credentials_of_the_bundle_log_in_unless_others_are_given()
    {
        await using var database = new AstraDatabase(nodes: 1, new ScriptedServerOptions { Credentials = ("app", "FromTheBundle") });
        var bundle = AstraBundle.Load(database.MakeBundle(("app", "FromTheBundle")).ToZip());
        await using (var cluster = new Cluster(database.Options with { Astra = bundle }))
        {
            await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        }

        await using (var cluster = new Cluster(database.Options with { Astra = bundle, AuthProvider = new PlainTextAuthProvider("app", "OfTheUser") }))
        {
            await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await cluster.ConnectAsync(TestContext.Current.CancellationToken));
        }

        await using (var cluster = new Cluster(database.Options))
        {
            var error = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await cluster.ConnectAsync(TestContext.Current.CancellationToken));
            Assert.Contains("asks for credentials", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_is_the_password_of_a_user_called_token()
    {
        await using var database = new AstraDatabase(nodes: 1, new ScriptedServerOptions { Credentials = ("token", "AstraCS:secret") });
        await using var cluster = new Cluster(database.Options with { AuthProvider = PlainTextAuthProvider.ForAstra("AstraCS:secret") });
        await cluster.ConnectAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("DATASTAX_APOLLO", null, ConsistencyLevel.LocalQuorum)]
    [InlineData("DATASTAX_APOLLO", ConsistencyLevel.LocalOne, ConsistencyLevel.LocalOne)]
    [InlineData("DATASTAX_APOLLO", ConsistencyLevel.Quorum, ConsistencyLevel.Quorum)]
    [InlineData("SOMETHING_ELSE", null, ConsistencyLevel.LocalOne)]
    [InlineData(null, null, ConsistencyLevel.LocalOne)]
    public async Task Requests_are_local_quorum_where_the_server_is_astra_and_nobody_says_otherwise(string? product, ConsistencyLevel? said, ConsistencyLevel expected)
    {
        var supported = product is null ? new Dictionary<string, IReadOnlyList<string>>() : new() { ["PRODUCT_TYPE"] = [product] };
        await using var driver = new Execution.ScriptedCluster(
            said is { } level ? new ClusterOptions { Consistency = level } : new ClusterOptions(), new ScriptedServerOptions { Supported = supported });
        // Before anybody knows what the server is.
        var early = driver.Cluster.CreateSession();
        var token = TestContext.Current.CancellationToken;
        await early.ExecuteAsync("SELECT early", cancellationToken: token);
        var (session, read) = await driver.ConnectAsync();
        await early.ExecuteAsync("SELECT later", cancellationToken: token);
        await session.ExecuteAsync("SELECT plain", cancellationToken: token);
        await session.ExecuteAsync(read.Bind(1), cancellationToken: token);
        await session.ExecuteAsync("SELECT said", new ExecutionOptions { Consistency = ConsistencyLevel.Two }, token);
        await session.WithProfile(new ExecutionProfile { PageSize = 1 }).ExecuteAsync("SELECT profile", cancellationToken: token);
        Assert.Equal((int)expected, ConsistencyOf(driver, static request => request.Cql == "SELECT early"));
        Assert.Equal((int)expected, ConsistencyOf(driver, static request => request.Cql == "SELECT later"));
        Assert.Equal((int)expected, ConsistencyOf(driver, static request => request.Cql == "SELECT plain"));
        Assert.Equal((int)expected, ConsistencyOf(driver, Execution.ScriptedCluster.IsRead));
        Assert.Equal((int)expected, ConsistencyOf(driver, static request => request.Cql == "SELECT profile"));
        Assert.Equal((int)ConsistencyLevel.Two, ConsistencyOf(driver, static request => request.Cql == "SELECT said"));
    }

    private static int ConsistencyOf(Execution.ScriptedCluster driver, Func<ServerRequest, bool> match) =>
        (int)driver.Server.Requests.Single(match).Parts.Consistency!;

    private static byte[] Answer(AstraDatabase database, IEnumerable<Guid> hostIds, string datacenter) =>
        MetadataServer.Answer(200, MetadataServer.Contacts($"localhost:{database.Proxy.EndPoint.Port}", hostIds, datacenter));
}
