namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class SynchronousSnippets(DocsRing ring)
{
    [Fact]
    public async Task Every_verb_has_a_synchronous_twin()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: sync
        using var cluster = new Cluster(TheNode);
        var session = cluster.Connect();
        var select = session.Prepare("SELECT release_version FROM system.local WHERE key = ?");
        var row = session.Execute(select.Bind("local")).First();
        Console.WriteLine(row.Get<string>("release_version"));

        foreach (var peer in session.Query("SELECT peer, data_center FROM system.peers_v2"))
        {
            Console.WriteLine($"{peer["peer"]} in {peer["data_center"]}");
        }

        // end
        Assert.StartsWith("5.0", row.Get<string>("release_version"), StringComparison.Ordinal);
    }
}
