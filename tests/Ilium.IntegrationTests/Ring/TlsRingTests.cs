using System.Net.Sockets;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

[Collection(TlsRingCollection.Name)]
public class TlsRingTests(TlsRing tls)
{
    [Fact]
    public async Task The_node_answers_a_client_with_password_only()
    {
        var ring = await tls.StartedAsync();
        using var client = new RawClient(await RingSockets.ConnectTlsAsync(ring, withClientCertificate: false, TestContext.Current.CancellationToken), 5);
        RingSockets.AssertOffersVersions3To5(client);
        Assert.StartsWith("5.0.", RingSockets.ReleaseVersionAsSuperuser(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_does_not_speak_without_tls()
    {
        var ring = await tls.StartedAsync();
        using var client = new RawClient(await RingSockets.ConnectAsync(ring.ContactPoints[0], TestContext.Current.CancellationToken), 5);
        var failure = Record.Exception(() => client.Ask(WireOpcode.Options, []));
        Assert.True(failure is IOException or SocketException or WireViolationException, $"{failure}");
    }
}
