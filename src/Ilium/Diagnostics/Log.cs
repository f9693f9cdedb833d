using Microsoft.Extensions.Logging;

namespace Ilium.Diagnostics;

/// <summary>
/// Every log line of the driver. Ids are a contract: 100s the cluster, 200s connections, 300s requests; an id is never used again for
/// something else.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Connected to cluster '{Cluster}' through {Node}, protocol {Version}, {Nodes} nodes in data center '{DataCenter}'.")]
    internal static partial void Connected(this ILogger logger, string cluster, string node, ProtocolVersion version, int nodes, string dataCenter);

    [LoggerMessage(101, LogLevel.Information, "{Node} refused protocol {Version}; trying the one before. It said: {Reason}")]
    internal static partial void VersionRefused(this ILogger logger, string node, ProtocolVersion version, string reason);

    [LoggerMessage(102, LogLevel.Warning, "A row of the peers table was ignored: {Reason}")]
    internal static partial void PeerIgnored(this ILogger logger, string reason);

    [LoggerMessage(103, LogLevel.Warning, "A Cluster was collected without having been disposed. Its connections are closed now; dispose it when you are done with it.")]
    internal static partial void ClusterForgotten(this ILogger logger);

    [LoggerMessage(104, LogLevel.Warning, "TLS certificates are not verified (TlsOptions.DangerousAcceptAnyServerCertificate): anybody on the way can read and change everything.")]
    internal static partial void CertificatesNotVerified(this ILogger logger);

    [LoggerMessage(105, LogLevel.Warning, "{Node} did not ask for credentials although an AuthProvider is set.")]
    internal static partial void NotAskedForCredentials(this ILogger logger, string node);

    [LoggerMessage(106, LogLevel.Error, "Upkeep of the cluster's connections failed; it goes on with the next round. This is a fault of the driver.")]
    internal static partial void UpkeepFailed(this ILogger logger, Exception reason);

    [LoggerMessage(107, LogLevel.Debug, "Listening for changes of the cluster through {Node}.")]
    internal static partial void ControlConnected(this ILogger logger, string node);

    [LoggerMessage(108, LogLevel.Warning, "The connection to {Node} that told of the cluster's changes ended; another node is asked.")]
    internal static partial void ControlLost(this ILogger logger, Exception reason, string node);

    [LoggerMessage(109, LogLevel.Warning, "No node can be reached to hear of the cluster's changes; trying again with growing pauses.")]
    internal static partial void ControlFailed(this ILogger logger, Exception reason);

    [LoggerMessage(110, LogLevel.Warning, "The cluster's nodes and keyspaces could not be read; what was known before stays.")]
    internal static partial void RefreshFailed(this ILogger logger, Exception reason);

    [LoggerMessage(111, LogLevel.Information, "Node {Node}, host id {HostId}: {Change}.")]
    internal static partial void NodeChanged(this ILogger logger, string node, Guid hostId, NodeChange change);

    [LoggerMessage(112, LogLevel.Error, "A handler of Cluster.NodeChanged or SchemaChanged failed.")]
    internal static partial void HandlerFailed(this ILogger logger, Exception reason);

    [LoggerMessage(113, LogLevel.Warning, "No local data center was given: '{DataCenter}', that of {Node}, which answered first, takes the requests, of {All}. Set ClusterOptions.LocalDatacenter.")]
    internal static partial void LocalDatacenterInferred(this ILogger logger, string dataCenter, string node, string all);

    [LoggerMessage(114, LogLevel.Warning, "ClusterOptions.LocalRack is '{Rack}', but data center '{DataCenter}' has {All}: no node is nearer than another.")]
    internal static partial void LocalRackUnknown(this ILogger logger, string rack, string dataCenter, string all);

    [LoggerMessage(120, LogLevel.Warning, "What the schema tables say of {What} could not be read; it is left out of the schema.")]
    internal static partial void SchemaRowIgnored(this ILogger logger, Exception reason, string what);

    [LoggerMessage(121, LogLevel.Warning, "The schema could not be read; what was known before stays.")]
    internal static partial void SchemaFailed(this ILogger logger, Exception reason);

    [LoggerMessage(122, LogLevel.Warning, "The nodes did not agree on the schema within {Waited}, as {Node} sees them. The change is made; nodes that lack it may refuse statements that need it.")]
    internal static partial void NoAgreement(this ILogger logger, string node, TimeSpan waited);

    [LoggerMessage(123, LogLevel.Warning, "The schema was changed through {Node}, but whether all nodes have the change could not be found out.")]
    internal static partial void AgreementUnknown(this ILogger logger, Exception reason, string node);

    [LoggerMessage(130, LogLevel.Information, "Astra's metadata service at {Service} says: proxy {Proxy}, data center {DataCenter}, {Nodes} nodes to begin with.")]
    internal static partial void AstraMetadataRead(this ILogger logger, string service, string proxy, string dataCenter, int nodes);

    [LoggerMessage(131, LogLevel.Warning, "The file of the Astra bundle can't be used any more; what was read before stays.")]
    internal static partial void AstraBundleFailed(this ILogger logger, Exception reason);

    [LoggerMessage(132, LogLevel.Information, "The file of the Astra bundle was replaced; new connections use it. Its certificate ends on {Expires}.")]
    internal static partial void AstraBundleReplaced(this ILogger logger, DateTimeOffset expires);

    [LoggerMessage(133, LogLevel.Warning, "The client certificate of the Astra bundle ends on {Expires}; no connection can be opened afterwards. Download a new bundle.")]
    internal static partial void AstraCertificateEnds(this ILogger logger, DateTimeOffset expires);

    [LoggerMessage(134, LogLevel.Information, "The server is DataStax Astra: requests have the consistency LocalQuorum where none is set.")]
    internal static partial void AstraConsistency(this ILogger logger);

    [LoggerMessage(200, LogLevel.Debug, "Opened a connection to {Node} ({Connections} now).")]
    internal static partial void ConnectionOpened(this ILogger logger, string node, int connections);

    [LoggerMessage(201, LogLevel.Warning, "Could not connect to {Node}; trying again with growing pauses.")]
    internal static partial void ConnectionFailed(this ILogger logger, Exception reason, string node);

    [LoggerMessage(202, LogLevel.Warning, "A connection to {Node} ended.")]
    internal static partial void ConnectionClosed(this ILogger logger, Exception reason, string node);

    [LoggerMessage(203, LogLevel.Warning, "A connection to {Node} is replaced: {Reason}.")]
    internal static partial void ConnectionRetired(this ILogger logger, string node, string reason);

    [LoggerMessage(300, LogLevel.Debug, "Prepared again on {Node}, which had not prepared it, or where its table has changed: {Cql}")]
    internal static partial void Reprepared(this ILogger logger, string node, string cql);

    [LoggerMessage(302, LogLevel.Warning, "{Node} could not meet {Consistency}; the request is tried again at {Lower}, which promises less.")]
    internal static partial void ConsistencyLowered(this ILogger logger, string node, ConsistencyLevel consistency, ConsistencyLevel lower);

    [LoggerMessage(303, LogLevel.Warning, "The retry policy threw. The failure it was asked about goes to the caller.")]
    internal static partial void RetryPolicyFailed(this ILogger logger, Exception reason);

    [LoggerMessage(305, LogLevel.Warning, "The speculative execution policy threw. The request gets no further attempt.")]
    internal static partial void SpeculationFailed(this ILogger logger, Exception reason);

    [LoggerMessage(304, LogLevel.Warning, "Client timestamps are {Ahead} ahead of the clock, which was set back or can't keep up.")]
    internal static partial void TimestampsAhead(this ILogger logger, TimeSpan ahead);

    [LoggerMessage(301, LogLevel.Warning, "{Node} warned: {Warning}")]
    internal static partial void ServerWarning(this ILogger logger, string node, string warning);

    [LoggerMessage(310, LogLevel.Debug, "Could not prepare a statement on {Node} in the background; it is prepared there when it is first used: {Cql}")]
    internal static partial void BackgroundPreparationFailed(this ILogger logger, Exception reason, string node, string cql);
}
