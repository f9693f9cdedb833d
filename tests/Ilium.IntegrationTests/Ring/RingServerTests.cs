using System.Net.Sockets;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

public class RingServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_pauses_resumes_dies_comes_back_and_goes_for_good()
    {
        var options = new RingOptions { Subnet = Subnets.RingItself };
        Assert.SkipWhen(RingServer.UnavailableReason(options) is not null, RingServer.UnavailableReason(options) ?? string.Empty);
        var ring = await RingServer.StartAsync(options, Cancelled);
        var node = Assert.Single(ring.ContactPoints);
        try
        {
            using (var stream = await RingSockets.ConnectAsync(node, Cancelled))
            using (var client = new RawClient(stream, 5))
            {
                RingSockets.AssertOffersVersions3To5(client);
                await ring.PauseAsync(1, Cancelled);
                stream.ReadTimeout = 100;
                var silence = Assert.Throws<IOException>(() => client.Ask(WireOpcode.Options, []));
                Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(silence.InnerException).SocketErrorCode);
                await ring.ResumeAsync(1, Cancelled);
                stream.ReadTimeout = Timeout.Infinite;
                Assert.Equal(WireOpcode.Supported, client.Receive().Opcode);
            }

            await ring.KillNodeAsync(1, Cancelled);
            await Refuses(node);
            await ring.StartNodeAsync(1, Cancelled);
            using var again = new RawClient(await RingSockets.ConnectAsync(node, Cancelled), 5);
            RingSockets.AssertOffersVersions3To5(again);
        }
        finally
        {
            await ring.DisposeAsync();
        }

        await Refuses(node);
        Assert.False(Directory.Exists(ring.Folder));
    }

    [Fact]
    public async Task A_ring_that_fails_to_start_says_why_and_leaves_nothing_behind()
    {
        var options = new RingOptions { Subnet = Subnets.RingItself, Settings = ["no_such_setting: 1"] };
        Assert.SkipWhen(RingServer.UnavailableReason(options) is not null, RingServer.UnavailableReason(options) ?? string.Empty);
        var before = Folders();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RingServer.StartAsync(options, Cancelled));
        Assert.Contains("no_such_setting", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Folders().Except(before));
    }

    // Rings of this process and this fixture's number only: other runs come and go.
    private static string[] Folders()
    {
        var parent = Environment.GetEnvironmentVariable("ILIUM_RING_FOLDER") is { Length: > 0 } given ? given : Path.GetTempPath();
        return Directory.GetDirectories(parent, $"ilium-ring-{Subnets.RingItself}-*");
    }

    private static async Task Refuses(System.Net.IPEndPoint node)
    {
        var refused = await Assert.ThrowsAsync<SocketException>(() => RingSockets.ConnectAsync(node, Cancelled));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }
}
