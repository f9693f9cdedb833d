using Ilium.TestKit;

namespace Ilium.Docs.Tests.Snippets;

public sealed class AstraSnippets : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly string _bundlePath = Path.Combine(Path.GetTempPath(), $"secure-connect-{Guid.NewGuid():N}.zip");

    public AstraSnippets()
    {
        File.WriteAllBytes(_bundlePath, new BundleMaker(_certificates.Authority, _certificates.Client(), "metadata.example", 29080).ToZip());
    }

    public void Dispose()
    {
        File.Delete(_bundlePath);
        _certificates.Dispose();
    }

    [Fact]
    public void A_bundle_and_a_token_are_all_it_takes()
    {
        var (bundlePath, token) = (_bundlePath, "AstraCS:secret");
        // snippet: astra
        using var cluster = Cluster.ForAstra(bundlePath, token);
        // end
        Assert.Equal("metadata.example", cluster.Options.Astra!.MetadataHost);
    }

    [Fact]
    public void With_other_options()
    {
        var (secrets, token) = (new Dictionary<string, byte[]> { ["bundle"] = File.ReadAllBytes(_bundlePath) }, "AstraCS:secret");
        // snippet: astra-options
        var options = new ClusterOptions
        {
            // From a store of secrets: nothing is written to disk.
            Astra = AstraBundle.Load(secrets["bundle"]),
            AuthProvider = PlainTextAuthProvider.ForAstra(token),
            Keyspace = "shop",
            ApplicationName = "orders",
        };
        // end
        using var cluster = new Cluster(options);
        Assert.Equal("shop", cluster.Options.Keyspace);

        var bundlePath = _bundlePath;
        // snippet: astra-string
        using var parsed = Cluster.Parse($"Astra Bundle={bundlePath};Astra Token={token};Keyspace=shop");
        // end
        Assert.NotNull(parsed.Options.Astra);
    }
}
