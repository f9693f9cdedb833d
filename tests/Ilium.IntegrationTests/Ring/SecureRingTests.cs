using System.Security.Authentication;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

[Collection(SecureRingCollection.Name)]
public class SecureRingTests(SecureRing secure)
{
    [Fact]
    public async Task The_node_answers_a_client_with_certificate_and_password()
    {
        var ring = await secure.StartedAsync();
        using var client = new RawClient(await RingSockets.ConnectTlsAsync(ring, withClientCertificate: true, TestContext.Current.CancellationToken), 5);
        RingSockets.AssertOffersVersions3To5(client);
        Assert.StartsWith("5.0.", RingSockets.ReleaseVersionAsSuperuser(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_turns_a_client_without_certificate_away()
    {
        var ring = await secure.StartedAsync();
        var failure = await Record.ExceptionAsync(async () =>
        {
            using var client = new RawClient(await RingSockets.ConnectTlsAsync(ring, withClientCertificate: false, TestContext.Current.CancellationToken), 5);
            client.Ask(WireOpcode.Options, []);
        });
        Assert.True(failure is IOException or AuthenticationException, $"{failure}");
    }
}
