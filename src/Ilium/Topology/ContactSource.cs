using System.Net;

namespace Ilium.Topology;

/// <summary>Where a cluster is looked for when none of its nodes is known, or none of those known can be reached. Threads: any.</summary>
internal abstract class ContactSource : IDisposable
{
    /// <summary>The data center that requests go to, where the source knows.</summary>
    internal virtual string? LocalDatacenter => null;

    internal static ContactSource For(ClusterOptions options, AstraMetadataService? astra) =>
        astra is null ? new ConfiguredContacts(options) : new AstraContacts(astra);

    /// <summary>The end points to try, in order.</summary>
    /// <exception cref="ConnectionFailedException">They could not be found out.</exception>
    internal abstract Task<IReadOnlyList<EndPoint>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Where a node is reached, whatever address its cluster lists for it; null for that address.</summary>
    internal virtual EndPoint? Reach(Guid hostId) => null;

    public virtual void Dispose()
    {
    }

    /// <summary>The contact points of the options.</summary>
    private sealed class ConfiguredContacts(ClusterOptions options) : ContactSource
    {
        internal override Task<IReadOnlyList<EndPoint>> FindAsync(CancellationToken cancellationToken) => Task.FromResult(options.ContactEndPoints());
    }
}
