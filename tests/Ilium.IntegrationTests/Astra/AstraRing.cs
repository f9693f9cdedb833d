using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Astra;

/// <summary>Three real nodes behind a proxy that tells them apart by the server name, with a metadata service and a bundle: a database as Astra has them.</summary>
public sealed class AstraRing() : RingFixture(new RingOptions { Subnet = Subnets.Astra, Nodes = 3, StartsLightly = true })
{
    private readonly Dictionary<Guid, IPEndPoint> _nodes = [];
    private MetadataServer? _service;

    public TestCertificates Certificates { get; } = new();

    public NodeProxy Proxy { get; private set; } = null!;

    public MetadataServer Service => _service!;

    public IReadOnlyDictionary<Guid, IPEndPoint> Nodes => _nodes;

    internal TlsListenerOptions ListenerOptions => new() { Certificate = Certificates.Server(), ClientAuthority = Certificates.Authority };

    /// <summary>The ring runs, and proxy and service stand before it.</summary>
    internal async Task<RingServer> BehindProxyAsync()
    {
        var ring = await StartedAsync();
        if (_service is not null)
        {
            return ring;
        }

        // Who is who, as somebody knows who runs a proxy.
        await using var cluster = new Cluster((ContactPoint)ring.ContactPoints[0]);
        await cluster.ConnectAsync(CqlText.Cancelled);
        foreach (var node in cluster.Metadata.Nodes)
        {
            _nodes[node.HostId] = (IPEndPoint)node.EndPoint;
        }

        Assert.Equal(3, _nodes.Count);
        _service = new MetadataServer(ListenerOptions);
        Proxy = NewProxy(ListenerOptions);
        LeadTo(Proxy);
        return ring;
    }

    /// <summary>Leads to all nodes, until the test disposes it.</summary>
    internal NodeProxy NewProxy(TlsListenerOptions options)
    {
        var proxy = new NodeProxy(options);
        foreach (var (hostId, address) in _nodes)
        {
            proxy.Route(hostId, address);
        }

        return proxy;
    }

    internal void LeadTo(NodeProxy proxy) =>
        Service.Respond = () => MetadataServer.Answer(200, MetadataServer.Contacts($"localhost:{proxy.EndPoint.Port}", _nodes.Keys));

    /// <summary>The proxy ends, with all its connections, and another begins at another port.</summary>
    internal async Task MoveProxyAsync()
    {
        var next = NewProxy(ListenerOptions);
        LeadTo(next);
        await Proxy.DisposeAsync();
        Proxy = next;
    }

    internal AstraBundle Bundle() => AstraBundle.Load(new BundleMaker(Certificates.Authority, Certificates.Client(), "localhost", Service.EndPoint.Port).ToZip());

    internal ClusterOptions Options() => new()
    {
        Astra = Bundle(),
        ConnectTimeout = TimeSpan.FromSeconds(30),
        RequestTimeout = TimeSpan.FromSeconds(90),
        ReconnectBaseDelay = TimeSpan.FromMilliseconds(100),
        ReconnectMaxDelay = TimeSpan.FromSeconds(1),
        Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromSeconds(80) },
    };

    protected override async ValueTask EndAsync()
    {
        if (_service is not null)
        {
            await Proxy.DisposeAsync();
            await _service.DisposeAsync();
        }

        Certificates.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class AstraRingCollection : ICollectionFixture<AstraRing>
{
    public const string Name = "three nodes behind a proxy, as in Astra";
}
