using System.Net.Sockets;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Server;

public class EmbeddedNodeTests
{
    private const string Keyspace = "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<Session> ConnectAsync(Cluster cluster)
    {
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync(Keyspace, cancellationToken: Cancel);
        return session.WithKeyspace("shop");
    }

    [Theory]
    [InlineData(3, Compression.None)]
    [InlineData(4, Compression.None)]
    [InlineData(4, Compression.Lz4)]
    [InlineData(4, Compression.Snappy)]
    [InlineData(5, Compression.None)]
    [InlineData(5, Compression.Lz4)]
    public async Task The_statements_of_the_quickstart_give_its_rows(int version, Compression compression)
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], ProtocolVersion = (ProtocolVersion)version, Compression = compression });
        var shop = await ConnectAsync(cluster);
        await shop.ExecuteAsync("CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, name text, age int)", cancellationToken: Cancel);
        await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"John Doe"}, {30})", cancellationToken: Cancel);
        await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"Jane"}, {20})", cancellationToken: Cancel);

        var rows = await shop.ExecuteAsync($"SELECT name, age FROM users WHERE age > {25} ALLOW FILTERING", cancellationToken: Cancel);

        var row = Assert.Single(rows);
        Assert.Equal("John Doe", row.Get<string>("name"));
        Assert.Equal(30, row.Get<int>("age"));
    }

    [Fact]
    public async Task A_node_without_a_socket_is_reached_in_memory()
    {
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Listen = false }, Cancel);
        await using var cluster = new Cluster(node.Connect());
        var shop = await ConnectAsync(cluster);
        await shop.ExecuteAsync("CREATE TABLE t (k int PRIMARY KEY, v text)", cancellationToken: Cancel);
        await shop.ExecuteAsync($"INSERT INTO t (k, v) VALUES ({1}, {"one"})", cancellationToken: Cancel);

        var row = Assert.Single(await shop.ExecuteAsync($"SELECT v FROM t WHERE k = {1}", cancellationToken: Cancel));

        Assert.Equal("one", row.Get<string>(0));
        Assert.NotEqual(0, node.ConnectionCount);
    }

    [Fact]
    public async Task A_large_page_goes_out_in_several_segments_and_comes_back_whole()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint] });
        var shop = await ConnectAsync(cluster);
        await shop.ExecuteAsync("CREATE TABLE t (k int, c int, v blob, PRIMARY KEY (k, c))", cancellationToken: Cancel);
        var value = new byte[400_000];
        new Random(1).NextBytes(value);
        for (var i = 0; i < 5; i++)
        {
            await shop.ExecuteAsync($"INSERT INTO t (k, c, v) VALUES ({1}, {i}, {value})", cancellationToken: Cancel);
        }

        var rows = await shop.ExecuteAsync($"SELECT c, v FROM t WHERE k = {1}", cancellationToken: Cancel);

        Assert.Equal([0, 1, 2, 3, 4], rows.Select(row => row.Get<int>(0)));
        Assert.All(rows, row => Assert.Equal(value, row.Get<byte[]>(1)));
    }

    [Fact]
    public async Task Pages_follow_each_other_to_the_last_row()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint] });
        var shop = await ConnectAsync(cluster);
        await shop.ExecuteAsync("CREATE TABLE t (k int, c int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)", cancellationToken: Cancel);
        for (var k = 0; k < 7; k++)
        {
            for (var c = 0; c < 13; c++)
            {
                await shop.ExecuteAsync($"INSERT INTO t (k, c) VALUES ({k}, {c})", cancellationToken: Cancel);
            }
        }

        var seen = new List<(int, int)>();
        await foreach (var row in shop.QueryAsync(new SimpleStatement("SELECT k, c FROM t"), new ExecutionOptions { PageSize = 5 }, Cancel))
        {
            seen.Add((row.Get<int>(0), row.Get<int>(1)));
        }

        Assert.Equal(91, seen.Count);
        Assert.Equal(91, seen.Distinct().Count());
        Assert.All(seen.GroupBy(s => s.Item1), group => Assert.Equal(Enumerable.Range(0, 13).Reverse(), group.Select(s => s.Item2)));
    }

    [Fact]
    public async Task A_login_is_asked_for_and_checked()
    {
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { RequireLogin = true }, Cancel);
        await using var right = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], AuthProvider = new PlainTextAuthProvider("cassandra", "cassandra") });
        var session = await right.ConnectAsync(Cancel);
        Assert.Single(await session.ExecuteAsync("SELECT cluster_name FROM system.local", cancellationToken: Cancel));

        await using var wrong = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], AuthProvider = new PlainTextAuthProvider("cassandra", "nope") });
        var error = await Assert.ThrowsAnyAsync<CassandraException>(async () => await wrong.ConnectAsync(Cancel));
        Assert.Contains("Provided username cassandra and/or password are incorrect", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(0x41)]
    public async Task A_version_it_does_not_speak_is_answered_as_Cassandra_does(int version)
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.EndPoint, Cancel);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(new byte[] { (byte)version, 0, 0, 1, 5, 0, 0, 0, 0 }, Cancel);

        var answer = new byte[9];
        await stream.ReadExactlyAsync(answer, Cancel);
        var body = new byte[answer[8]];
        await stream.ReadExactlyAsync(body, Cancel);

        Assert.Equal(0x85, answer[0]);
        Assert.Equal(0, answer[4]);
        Assert.EndsWith(
            $"Invalid or unsupported protocol version ({version}); supported versions are (3/v3, 4/v4, 5/v5, 6/v6-beta)",
            System.Text.Encoding.UTF8.GetString(body),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_statement_has_the_servers_id()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.EndPoint, Cancel);
        using var client = new RawClient(socket.GetStream(), 4);
        client.Startup();

        var answer = client.Ask(WireOpcode.Prepare, new WireWriter().LongString("SELECT cluster_name FROM system.local WHERE key = ?").ToArray());

        // RESULT of kind 4, then the id: the MD5 of the text, since its table has a keyspace.
        Assert.Equal("000000040010", Convert.ToHexString(answer.Body.Span[..6]));
        Assert.Equal("4854C90AFD110E0038904443699CC0BC", Convert.ToHexString(answer.Body.Span.Slice(6, 16)));
    }

    [Fact]
    public async Task Stopping_frees_port_and_connections()
    {
        var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.EndPoint, Cancel);
        // Answered once, it is one of the node's connections, and not one that waits to be accepted.
        using var client = new RawClient(socket.GetStream(), 4);
        client.Startup();
        var endPoint = node.EndPoint;

        await node.DisposeAsync();

        Assert.Equal(0, await socket.GetStream().ReadAsync(new byte[1], Cancel));
        await using var next = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Port = endPoint.Port }, Cancel);
        Assert.Equal(endPoint, next.EndPoint);
    }
}
