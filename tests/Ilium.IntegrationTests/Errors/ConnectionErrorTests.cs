using System.Net;
using System.Net.Sockets;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Errors;

/// <summary>Contact points that can't be used, beside a real node.</summary>
[Collection(PlainRingCollection.Name)]
public class ConnectionErrorTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Fact]
    public async Task A_refused_port_says_which_and_what_to_check()
    {
        var node = $"{IPEndPoint.Parse(await keyspace.ContactPointAsync()).Address}:{UnusedPort()}";
        var failure = await FailureAsync(new ClusterOptions { ContactPoints = [node] }, ConnectionFailureReason.Refused);
        StatementErrorTests.AssertSays(failure, node, "nothing listens there", "native_transport_port");
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_name_without_address_is_told()
    {
        var failure = await FailureAsync(new ClusterOptions { ContactPoints = ["no-such-node.invalid"] }, ConnectionFailureReason.NameNotResolved);
        StatementErrorTests.AssertSays(failure, "'no-such-node.invalid'", "has no address", "check how the contact point is spelled");
    }

    [Fact]
    public async Task Tls_to_a_plain_port_says_that_the_port_does_not_speak_it()
    {
        var node = await keyspace.ContactPointAsync();
        var failure = await FailureAsync(new ClusterOptions { ContactPoints = [node], Tls = new TlsOptions() }, reason: null);
        StatementErrorTests.AssertSays(failure, node, "speak TLS");
    }

    [Fact]
    public async Task Every_contact_point_has_its_own_reason_in_the_message()
    {
        var node = $"{IPEndPoint.Parse(await keyspace.ContactPointAsync()).Address}:{UnusedPort()}";
        await using var cluster = new Cluster(node, "no-such-node.invalid");
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
        Assert.Equal(2, failure.Errors.Count);
        StatementErrorTests.AssertSays(failure, "All 2 nodes tried failed", node, "nothing listens there", "no-such-node.invalid", "has no address");
    }

    /// <summary>The only node's failure; the same, synchronously.</summary>
    internal static async Task<ConnectionFailedException> FailureAsync(ClusterOptions options, ConnectionFailureReason? reason)
    {
        await using var cluster = new Cluster(options);
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
        var cause = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors).Value);
        Assert.Contains(cause.Message, failure.Message, StringComparison.Ordinal);
        Assert.Equal(reason ?? cause.Reason, cause.Reason);
        Assert.NotNull(failure.HelpLink);
        Assert.Throws<NoNodeAvailableException>(() => cluster.Connect());
        return cause;
    }

    private static int UnusedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
