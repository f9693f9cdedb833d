using System.Net;
using Ilium.Connection;

namespace Ilium.Topology;

/// <summary>
/// The nodes of an Astra database, all behind one proxy, as its metadata service names them; it is asked again each time none of the known nodes can be reached, since
/// both nodes and proxy are replaced in the course of time.
/// </summary>
internal sealed class AstraContacts(AstraMetadataService service) : ContactSource
{
    private SniProxy? _proxy;
    private string? _localDatacenter;

    internal override string? LocalDatacenter => Volatile.Read(ref _localDatacenter);

    internal override async Task<IReadOnlyList<EndPoint>> FindAsync(CancellationToken cancellationToken)
    {
        var metadata = await service.ReadAsync(cancellationToken).Inline();
        var proxy = Volatile.Read(ref _proxy);
        if (proxy is null || !proxy.IsAt(metadata.ProxyHost, metadata.ProxyPort))
        {
            proxy = new SniProxy(metadata.ProxyHost, metadata.ProxyPort);
            Volatile.Write(ref _proxy, proxy);
        }

        Volatile.Write(ref _localDatacenter, metadata.LocalDatacenter);
        // Each client begins with another, so that not all of them begin with the same.
        var hostIds = metadata.HostIds.ToArray();
        Random.Shared.Shuffle(hostIds);
        return [.. hostIds.Select(hostId => new SniEndPoint(proxy, hostId))];
    }

    internal override EndPoint? Reach(Guid hostId) => Volatile.Read(ref _proxy) is { } proxy ? new SniEndPoint(proxy, hostId) : null;
}
