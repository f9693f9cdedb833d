using System.Net.Security;
using System.Net.Sockets;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Server;

public class TlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, Compression.None)]
    [InlineData(4, Compression.Snappy)]
    [InlineData(5, Compression.Lz4)]
    public async Task Every_version_is_spoken_inside_TLS_with_a_login_and_large_pages(int version, Compression compression)
    {
        using var certificates = new TestCertificates();
        var tls = new SslServerAuthenticationOptions { ServerCertificate = certificates.Server() };
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Tls = tls, RequireLogin = true }, Cancel);
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [node.ContactPoint],
            ProtocolVersion = (ProtocolVersion)version,
            Compression = compression,
            AuthProvider = new PlainTextAuthProvider("cassandra", "cassandra"),
            Tls = new TlsOptions { CertificateAuthorities = [certificates.Authority] },
        });
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE TABLE shop.blobs (k int PRIMARY KEY, v blob)", cancellationToken: Cancel);
        var value = new byte[300_000];
        new Random(1).NextBytes(value);
        value.AsSpan(0, 100_000).Clear();

        await session.ExecuteAsync($"INSERT INTO shop.blobs (k, v) VALUES ({1}, {value})", cancellationToken: Cancel);

        Assert.Equal(value, Assert.Single(await session.ExecuteAsync("SELECT v FROM shop.blobs", cancellationToken: Cancel)).Get<byte[]>(0));
    }

    [Fact]
    public async Task Options_that_fail_cost_the_client_its_connection_and_nothing_else()
    {
        var asked = 0;
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, _) =>
            {
                Interlocked.Increment(ref asked);
                throw new InvalidOperationException("a fault of the test's");
            },
        };
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Tls = tls }, Cancel);
        for (var i = 1; i <= 2; i++)
        {
            await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], Tls = new TlsOptions() });
            await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(Cancel));
            Assert.Equal(i, asked);
        }
    }

    [Fact]
    public async Task Stopping_closes_a_connection_that_is_still_to_agree_on_TLS()
    {
        using var certificates = new TestCertificates();
        var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { Tls = new SslServerAuthenticationOptions { ServerCertificate = certificates.Server() } }, Cancel);
        using var socket = new TcpClient();
        await socket.ConnectAsync(node.EndPoint, Cancel);
        // Bytes that begin a record of TLS: the node has accepted, and waits for the rest.
        await socket.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01 }, Cancel);

        await node.DisposeAsync();

        // The end, or a reset where the node had not read them.
        var read = await Record.ExceptionAsync(async () => Assert.Equal(0, await socket.GetStream().ReadAsync(new byte[1], Cancel)));
        Assert.True(read is null or IOException, $"{read}");
    }
}
