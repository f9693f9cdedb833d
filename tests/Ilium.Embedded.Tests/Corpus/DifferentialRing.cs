using System.Net;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Corpus;

/// <summary>A real node and an embedded one, each with a cluster object, started when the first test asks. Where no real node can run, that test is skipped.
/// ILIUM_DIFFERENTIAL_NODE is the address and port of a real node that runs already.</summary>
public sealed class DifferentialRing : IAsyncDisposable
{
    private static readonly RingOptions Options = new() { Subnet = Subnets.Embedded };

    private readonly Lazy<Task<RingServer>> _ring = new(() => RingServer.StartAsync(Options));
    private readonly Lazy<Task<EmbeddedNode>> _node = new(async () => await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { ClusterName = "ring" }));
    private Cluster? _real;
    private Cluster? _embedded;

    public async Task<(Cluster Real, Cluster Embedded)> StartedAsync()
    {
        _real ??= ClusterAt($"{await RealNodeAsync()}");
        _embedded ??= ClusterAt((await _node.Value).ContactPoint);
        return (_real, _embedded);
    }

    /// <summary>Where both listen.</summary>
    public async Task<(IPEndPoint Real, IPEndPoint Embedded)> EndPointsAsync() => (await RealNodeAsync(), (await _node.Value).EndPoint);

    private async Task<IPEndPoint> RealNodeAsync()
    {
        if (Environment.GetEnvironmentVariable("ILIUM_DIFFERENTIAL_NODE") is { Length: > 0 } running)
        {
            return IPEndPoint.Parse(running);
        }

        if (RingServer.UnavailableReason(Options) is { } reason)
        {
            Assert.Skip(reason);
        }

        return (await _ring.Value).ContactPoints[0];
    }

    public async ValueTask DisposeAsync()
    {
        if (_real is not null)
        {
            await _real.DisposeAsync();
        }

        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }

        if (_node.IsValueCreated)
        {
            await (await _node.Value).DisposeAsync();
        }

        if (_ring.IsValueCreated)
        {
            await (await _ring.Value).DisposeAsync();
        }
    }

    private static Cluster ClusterAt(ContactPoint contactPoint) =>
        new(new ClusterOptions { ContactPoints = [contactPoint], RequestTimeout = TimeSpan.FromSeconds(60) });
}

[CollectionDefinition(Name)]
public sealed class DifferentialCollection : ICollectionFixture<DifferentialRing>
{
    public const string Name = "a real node and an embedded one";
}
