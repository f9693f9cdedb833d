using System.Net;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>
/// What the driver knew about the cluster at one time: an immutable snapshot. <see cref="Cluster.Metadata"/> gives the newest one.
/// Thread-safe. Its <see cref="Node"/>s live: their state goes on changing.
/// </summary>
public sealed partial class ClusterMetadata
{
    private ClusterMetadata? _topology;
    private SchemaSnapshot? _schema;

    internal ClusterMetadata(string clusterName, string localDatacenter, string partitioner, IReadOnlyList<Node> nodes)
    {
        ClusterName = clusterName;
        LocalDatacenter = localDatacenter;
        Partitioner = partitioner;
        Nodes = nodes;
    }

    /// <summary>The cluster's own name.</summary>
    public string ClusterName { get; }

    /// <summary>The data center whose nodes take the requests.</summary>
    public string LocalDatacenter { get; }

    /// <summary>
    /// The class that makes tokens of partition keys, such as <c>org.apache.cassandra.dht.Murmur3Partitioner</c>; empty when the server does
    /// not say.
    /// </summary>
    public string Partitioner { get; }

    /// <summary>Every node of the cluster, in all data centers, also those that are down or ignored.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>True once the schema has been read, so that <see cref="Keyspaces"/> can be asked for.</summary>
    public bool IsSchemaRead => _schema is not null;

    /// <summary>The keyspaces, by name, in the order of their names: the system's own and virtual ones too, without those that <see cref="SchemaOptions.Keyspaces"/> leaves out.</summary>
    /// <exception cref="InvalidOperationException">The schema has not been read: see <see cref="SchemaOptions.Loading"/>.</exception>
    public IReadOnlyDictionary<string, KeyspaceMetadata> Keyspaces => Schema.Keyspaces;

    /// <summary>
    /// The version the servers give this schema: equal on all nodes when they agree. Null when the server does not say. Changes that were made while the
    /// schema was read may be in it and not in the version.
    /// </summary>
    /// <exception cref="InvalidOperationException">The schema has not been read.</exception>
    public Guid? SchemaVersion => Schema.Version;

    private SchemaSnapshot Schema => _schema ?? throw new InvalidOperationException(
        "The schema has not been read. Await Cluster.GetSchemaAsync() first, or set ClusterOptions.Schema.Loading to OnConnect.");

    /// <summary>The keyspace of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    /// <exception cref="InvalidOperationException">The schema has not been read.</exception>
    public KeyspaceMetadata? FindKeyspace(string name) => Schema.Keyspaces.GetValueOrDefault(name);

    /// <summary>The table of this name; null when there is none.</summary>
    /// <param name="keyspace">Its keyspace, without quotes, in its own case.</param>
    /// <param name="name">The name, without quotes, in its own case.</param>
    /// <exception cref="InvalidOperationException">The schema has not been read.</exception>
    public TableMetadata? FindTable(string keyspace, string name) => FindKeyspace(keyspace)?.FindTable(name);

    /// <summary>
    /// The statements that make all keyspaces but the system's own and all that is in them, in an order that works, each ending in a semicolon, with an
    /// empty line between them.
    /// </summary>
    /// <exception cref="InvalidOperationException">The schema has not been read.</exception>
    public string ToCql() => string.Join("\n\n", UserKeyspaces.Select(static keyspace => keyspace.ToCql()));

    /// <summary>As <see cref="ToCql"/>, the statements one by one.</summary>
    /// <exception cref="InvalidOperationException">The schema has not been read.</exception>
    public IReadOnlyList<string> ToCqlStatements() => [.. UserKeyspaces.SelectMany(static keyspace => keyspace.ToCqlStatements())];

    private IEnumerable<KeyspaceMetadata> UserKeyspaces =>
        Schema.Keyspaces.Values.Where(static keyspace => !keyspace.IsVirtual && !SystemKeyspaces.Contains(keyspace.Name));

    /// <summary>The node with this host id; null when the cluster has none.</summary>
    /// <param name="hostId">The host id.</param>
    public Node? FindNode(Guid hostId) => Nodes.FirstOrDefault(node => node.HostId == hostId);

    /// <summary>The node that the driver reaches at this address; null when the cluster has none.</summary>
    /// <param name="endPoint">Address and port.</param>
    public Node? FindNode(EndPoint endPoint) => Nodes.FirstOrDefault(node => node.EndPoint.Equals(endPoint));

    /// <summary>The same nodes with a schema.</summary>
    internal ClusterMetadata With(SchemaSnapshot schema)
    {
        var copy = (ClusterMetadata)MemberwiseClone();
        copy._topology = this;
        copy._schema = schema;
        return copy;
    }

    internal bool IsOf(ClusterMetadata topology, SchemaSnapshot schema) => ReferenceEquals(_topology, topology) && ReferenceEquals(_schema, schema);
}
