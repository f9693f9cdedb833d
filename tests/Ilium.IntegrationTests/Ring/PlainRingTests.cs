using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

[Collection(PlainRingCollection.Name)]
public class PlainRingTests(PlainRing plain)
{
    [Theory]
    [InlineData(3, WireCompression.None)]
    [InlineData(3, WireCompression.Snappy)]
    [InlineData(4, WireCompression.Lz4)]
    [InlineData(5, WireCompression.None)]
    [InlineData(5, WireCompression.Lz4)]
    public async Task The_node_answers_in_every_dialect(int version, WireCompression compression)
    {
        var ring = await plain.StartedAsync();
        using var client = new RawClient(await RingSockets.ConnectAsync(ring.ContactPoints[0], TestContext.Current.CancellationToken), version, compression);
        RingSockets.AssertOffersVersions3To5(client);
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        Assert.StartsWith("5.0.", RingSockets.ReleaseVersion(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_has_a_log()
    {
        var ring = await plain.StartedAsync();
        Assert.Contains("Startup complete", ring.Log(1), StringComparison.Ordinal);
    }
}
