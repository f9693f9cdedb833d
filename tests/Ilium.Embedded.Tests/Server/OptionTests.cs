namespace Ilium.Embedded.Tests.Server;

public class OptionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<EmbeddedNodeOptions, string> Impossible => new()
    {
        { new EmbeddedNodeOptions { Tokens = 0 }, "Tokens" },
        { new EmbeddedNodeOptions { InitialTokens = [] }, "at least one token" },
        { new EmbeddedNodeOptions { InitialTokens = [7, 7] }, "Two nodes have the token 7" },
        { new EmbeddedNodeOptions { Port = 65536 }, "Port" },
        { new EmbeddedNodeOptions { MaxFrameSize = 0 }, "MaxFrameSize" },
        { new EmbeddedNodeOptions { Datacenter = "" }, "Datacenter" },
        { new EmbeddedNodeOptions { Rack = "" }, "Rack" },
        { new EmbeddedNodeOptions { ClusterName = "" }, "ClusterName" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task An_option_that_cannot_be_is_named(EmbeddedNodeOptions options, string word)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await EmbeddedNode.StartAsync(options, Cancel));

        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_of_a_cluster_are_not_the_same()
    {
        var id = Guid.NewGuid();
        var sameId = new EmbeddedNodeOptions { HostId = id, Listen = false };
        var samePort = new EmbeddedNodeOptions { Port = 9000, Listen = false };
        var sameToken = new EmbeddedNodeOptions { InitialTokens = [1, 2], Listen = false };

        Assert.Contains($"Two nodes have the host id {id}", await MessageAsync(sameId, sameId), StringComparison.Ordinal);
        Assert.Contains("Two nodes have the address 127.0.0.1:9000", await MessageAsync(samePort, samePort), StringComparison.Ordinal);
        Assert.Contains("Two nodes have the token 2", await MessageAsync(sameToken, sameToken with { InitialTokens = [2, 3] }), StringComparison.Ordinal);

        async Task<string> MessageAsync(params EmbeddedNodeOptions[] nodes) =>
            (await Assert.ThrowsAsync<ArgumentException>(async () => await EmbeddedCluster.StartAsync(nodes, Cancel))).Message;
    }
}
