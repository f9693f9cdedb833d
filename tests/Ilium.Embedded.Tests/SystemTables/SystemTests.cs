using System.Net.Security;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.SystemTables;

public class SystemTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ValueTask<RowSet> RunAsync(Session session, string cql) => session.ExecuteAsync(new SimpleStatement(cql), cancellationToken: Cancel);

    [Fact]
    public async Task Each_node_sees_itself_and_the_others()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(
            [new EmbeddedNodeOptions { Rack = "r1" }, new EmbeddedNodeOptions { Rack = "r2" }, new EmbeddedNodeOptions { Datacenter = "dc2", Tokens = 2 }], Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [.. nodes.ContactPoints], LocalDatacenter = "dc1" });
        await cluster.ConnectAsync(Cancel);

        var seen = cluster.Metadata.Nodes.OrderBy(node => node.Rack, StringComparer.Ordinal).ThenBy(node => node.Datacenter, StringComparer.Ordinal).ToList();

        Assert.Equal([("dc1", "r1"), ("dc1", "r2"), ("dc2", "rack1")], seen.Select(node => (node.Datacenter, node.Rack)).Order());
        Assert.Equal(nodes.Nodes.Select(node => node.HostId).Order(), seen.Select(node => node.HostId).Order());
    }

    [Fact]
    public async Task The_drivers_metadata_follows_the_schema_through_events()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var watcher = new Cluster(node.ContactPoint);
        await watcher.ConnectAsync(Cancel);
        await watcher.GetSchemaAsync(cancellationToken: Cancel);
        await using var other = new Cluster(node.ContactPoint);
        var session = await other.ConnectAsync(Cancel);

        await RunAsync(session, "CREATE KEYSPACE ks WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}");
        await RunAsync(session, "CREATE TYPE ks.address (street text, zip int)");
        await RunAsync(session, "CREATE TABLE ks.t (k int, c timeuuid, a frozen<address>, s int static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s'");

        TableMetadata? table;
        while ((table = watcher.Metadata.FindTable("ks", "t")) is null)
        {
            await Task.Yield();
        }

        Assert.Equal(["k", "c", "s", "a"], table.Columns.Select(column => column.Name));
        Assert.Contains("CLUSTERING ORDER BY (c DESC)", table.ToCql(), StringComparison.Ordinal);
        Assert.Contains("comment = 'it''s'", table.ToCql(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_traced_request_is_in_the_trace_tables()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var session = await cluster.ConnectAsync(Cancel);

        var rows = await session.ExecuteAsync("SELECT key FROM system.local", new ExecutionOptions { Tracing = true }, Cancel);

        var id = Assert.NotNull(rows.Info.TracingId);
        var traced = Assert.Single(await session.ExecuteAsync($"SELECT request FROM system_traces.sessions WHERE session_id = {id}", cancellationToken: Cancel));
        Assert.Equal("Execute CQL3 query", traced.Get<string>(0));
        Assert.Equal(2, (await session.ExecuteAsync($"SELECT activity FROM system_traces.events WHERE session_id = {id}", cancellationToken: Cancel)).Count);
    }

    [Fact]
    public async Task What_a_role_may_do_is_what_it_was_granted()
    {
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { RequireLogin = true }, Cancel);
        await using var admin = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], AuthProvider = new PlainTextAuthProvider("cassandra", "cassandra") });
        var root = await admin.ConnectAsync(Cancel);
        await RunAsync(root, "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        await RunAsync(root, "CREATE TABLE ks.t (k int PRIMARY KEY)");
        await RunAsync(root, "CREATE ROLE reader WITH PASSWORD = 'secret' AND LOGIN = true");
        await using var limited = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], AuthProvider = new PlainTextAuthProvider("reader", "secret") });
        var session = await limited.ConnectAsync(Cancel);

        var refused = await Assert.ThrowsAsync<UnauthorizedException>(async () => await RunAsync(session, "SELECT k FROM ks.t"));
        Assert.Equal("User reader has no SELECT permission on <table ks.t> or any of its parents", refused.ServerMessage);
        await RunAsync(root, "GRANT SELECT ON KEYSPACE ks TO reader");
        Assert.Empty(await RunAsync(session, "SELECT k FROM ks.t"));
        await Assert.ThrowsAsync<UnauthorizedException>(async () => await RunAsync(session, "INSERT INTO ks.t (k) VALUES (1)"));
        await Assert.ThrowsAsync<UnauthorizedException>(async () => await RunAsync(session, "DROP TABLE ks.t"));

        // A statement that was prepared while it was allowed asks again.
        var select = await session.PrepareAsync("SELECT k FROM ks.t", Cancel);
        await RunAsync(root, "REVOKE SELECT ON KEYSPACE ks FROM reader");
        await Assert.ThrowsAsync<UnauthorizedException>(async () => await session.ExecuteAsync(select.Bind(), cancellationToken: Cancel));
    }

    [Fact]
    public async Task It_speaks_TLS()
    {
        using var certificates = new TestCertificates();
        var tls = new SslServerAuthenticationOptions { ServerCertificate = certificates.Server() };
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Tls = tls }, Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], Tls = new TlsOptions { CertificateAuthorities = [certificates.Authority] } });
        var session = await cluster.ConnectAsync(Cancel);

        Assert.Single(await RunAsync(session, "SELECT key FROM system.local"));
    }
}
