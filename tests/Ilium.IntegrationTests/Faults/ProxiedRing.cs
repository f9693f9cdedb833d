using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Faults;

/// <summary>A ring behind proxies, one for each node, and a driver that knows the nodes by their proxies' addresses only.</summary>
internal sealed class ProxiedRing : IAsyncDisposable
{
    private ProxiedRing(RingServer ring, ClusterOptions options)
    {
        Proxies = [.. ring.ContactPoints.Select(FrameProxy.Start)];
        var translator = new ToProxies(ring.ContactPoints.Zip(Proxies).ToDictionary(static pair => pair.First, static pair => pair.Second.EndPoint));
        Cluster = new Cluster(options with { ContactPoints = [(ContactPoint)Proxies[0].EndPoint], AddressTranslator = translator });
    }

    public IReadOnlyList<FrameProxy> Proxies { get; }

    public Cluster Cluster { get; }

    public Session Session { get; private set; } = null!;

    public static async Task<ProxiedRing> ConnectAsync(RingServer ring, ClusterOptions options)
    {
        var proxied = new ProxiedRing(ring, options);
        (proxied.Session, _) = await FaultRing.ConnectAsync(proxied.Cluster);
        Assert.Equal(proxied.Proxies.Select(static proxy => (EndPoint)proxy.EndPoint).ToHashSet(), proxied.Cluster.Metadata.Nodes.Select(static node => node.EndPoint).ToHashSet());
        return proxied;
    }

    /// <summary>What befalls the frames of all connections from now on.</summary>
    public void Decide(Func<FrameProxy, ProxyFrame, FrameFault> decide)
    {
        foreach (var proxy in Proxies)
        {
            proxy.Decide = frame => decide(proxy, frame);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var proxy in Proxies)
        {
            await proxy.DisposeAsync();
        }
    }

    private sealed class ToProxies(Dictionary<IPEndPoint, IPEndPoint> proxies) : AddressTranslator
    {
        public override EndPoint Translate(IPEndPoint address) => proxies[address];
    }
}
