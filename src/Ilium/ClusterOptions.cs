using System.Diagnostics.Metrics;
using Ilium.Connection;
using Microsoft.Extensions.Logging;

namespace Ilium;

/// <summary>
/// Everything a cluster is told when it is made. Immutable and safe to share: change a copy with <c>options with { ... }</c>. All faults
/// are reported at once, as <see cref="InvalidOptionsException"/>, when a cluster is made from it.
/// </summary>
public sealed record ClusterOptions
{
    /// <summary>Protocol v3 and later have 16-bit stream ids of which the client may use the positive half.</summary>
    internal const int StreamIdsPerConnection = 32_768;

    /// <summary>
    /// The first addresses to try, at least one; doubles are ignored. Default empty. One that answers is enough, a few are safer; the other
    /// nodes are found through it. Names are resolved again for each connection.
    /// </summary>
    public IReadOnlyList<ContactPoint> ContactPoints { get; init => field = value is null ? value! : [.. value]; } = [];

    /// <summary>
    /// The secure connect bundle of a DataStax Astra database, which takes the place of <see cref="ContactPoints"/>, <see cref="Tls"/> and <see cref="AddressTranslator"/>:
    /// none of them may be set beside it. Its metadata service says where the nodes are and which data center is the local one; its credentials, where it has any, log in when
    /// <see cref="AuthProvider"/> is null. Default null.
    /// </summary>
    public AstraBundle? Astra { get; init; }

    /// <summary>The port of nodes for which neither a contact point nor the cluster says another. Default 9042.</summary>
    public int Port { get; init; } = 9042;

    /// <summary>
    /// The data center whose nodes take the requests, spelled as the cluster spells it. Default null: that of the contact point that
    /// answered first.
    /// </summary>
    public string? LocalDatacenter { get; init; }

    /// <summary>
    /// The rack whose nodes come first, spelled as the cluster spells it: requests to near replicas are faster, and cheaper where zones cost. Default null: racks are
    /// alike.
    /// </summary>
    public string? LocalRack { get; init; }

    /// <summary>
    /// How many nodes of each other data center are used: connected to, and sent a request when no node of the local data center can take
    /// it. Default 0. Local consistency levels then mean that other data center, and not all writes may have reached it.
    /// </summary>
    public int NodesPerRemoteDatacenter { get; init; }

    /// <summary>
    /// The keyspace of unqualified table names, exactly as created: case matters, and there are no quotes around it. Default null: none.
    /// </summary>
    public string? Keyspace { get; init; }

    /// <summary>Who to log in as. Default null: no login.</summary>
    public AuthProvider? AuthProvider { get; init; }

    /// <summary>
    /// How connections are encrypted. Default null: not at all. <c>new TlsOptions()</c> verifies against the system's authorities.
    /// </summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Compression of requests and answers. Default none.</summary>
    public Compression Compression { get; init; }

    /// <summary>
    /// The one protocol version to speak: a server that does not speak it is refused, it is never lowered. Default null: the highest that
    /// both sides speak, up to <see cref="MaxProtocolVersion"/>.
    /// </summary>
    public ProtocolVersion? ProtocolVersion { get; init; }

    /// <summary>The highest protocol version to offer. Default v5.</summary>
    public ProtocolVersion MaxProtocolVersion { get; init; } = Ilium.ProtocolVersion.V5;

    /// <summary>
    /// Consistency of requests that do not say their own. Default <see cref="ConsistencyLevel.LocalOne"/>; where it is not set and the server is DataStax Astra, which takes no
    /// writes with less, requests have <see cref="ConsistencyLevel.LocalQuorum"/>.
    /// </summary>
    public ConsistencyLevel Consistency { get => SaidConsistency ?? ConsistencyLevel.LocalOne; init => SaidConsistency = value; }

    /// <summary>
    /// Consistency of the Paxos phase of conditional writes: <see cref="ConsistencyLevel.Serial"/> or
    /// <see cref="ConsistencyLevel.LocalSerial"/>. Default null: the server's own, serial.
    /// </summary>
    public ConsistencyLevel? SerialConsistency { get; init; }

    /// <summary>
    /// The time a whole request gets, retries and waiting included. Default 10 s. <see cref="Timeout.InfiniteTimeSpan"/> never gives up.
    /// Missing it fails the request, never the connection.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is done about failed attempts. Default <see cref="Ilium.RetryPolicy.Default"/>.</summary>
    public RetryPolicy RetryPolicy { get; init; } = RetryPolicy.Default;

    /// <summary>
    /// Which nodes are connected to, and in which order requests try them. Default <see cref="Ilium.LoadBalancingPolicy.Default"/>: replicas in the local data
    /// center first.
    /// </summary>
    public LoadBalancingPolicy LoadBalancingPolicy { get; init; } = LoadBalancingPolicy.Default;

    /// <summary>
    /// Whether requests that are idempotent and take long are sent to a further node. Default
    /// <see cref="Ilium.SpeculativeExecutionPolicy.None"/>: never.
    /// </summary>
    public SpeculativeExecutionPolicy SpeculativeExecutionPolicy { get; init; } = SpeculativeExecutionPolicy.None;

    /// <summary>
    /// Gives writes their timestamps. Default null: a <see cref="MonotonicTimestampGenerator"/> of the cluster's own.
    /// <see cref="TimestampGenerator.ServerSide"/> leaves them to the coordinators.
    /// </summary>
    public TimestampGenerator? TimestampGenerator { get; init; }

    /// <summary>How values of your own types are stored: see <see cref="CqlCodec"/>. Of several for one type, the first that takes the column's counts. Default none. Copied when it is set.</summary>
    public IReadOnlyList<CqlCodec> Codecs
    {
        get;
        init => field = value is null ? null! : [.. value];
    } = [];

    /// <summary>Profiles by name, for <see cref="Session.WithProfile(string)"/>. Default empty. Copied when it is set.</summary>
    public IReadOnlyDictionary<string, ExecutionProfile> Profiles
    {
        get;
        init => field = value is null ? value! : new Dictionary<string, ExecutionProfile>(value, StringComparer.Ordinal);
    } = new Dictionary<string, ExecutionProfile>();

    /// <summary>The time one connection gets to be ready: name, TCP, TLS, protocol and login together. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is silent before it is asked whether it still works. Default 30 s; zero asks never, stalled or not.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a connection may be silent while requests wait for it to bring their answers, before it is asked whether it still works. Default
    /// 500 ms; zero leaves such connections to <see cref="HeartbeatInterval"/> as well. With <see cref="HeartbeatTimeout"/> this is the time after which
    /// requests leave a node that stands still (<see cref="ConnectTimeout"/> is what holds while the first connection is made): keep the sum below <see cref="RequestTimeout"/>, so that those that are idempotent can go to another.
    /// </summary>
    public TimeSpan StallInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the answer to that may take before the connection is replaced. Default 3 s.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Rows per page of a result. Default 5000. Zero asks for everything in one piece, which large tables do not survive.
    /// </summary>
    public int PageSize { get; init; } = 5000;

    /// <summary>
    /// How many prepared statements the driver remembers; beyond it the least recently used is prepared anew. Default 1000.
    /// </summary>
    public int PreparedCacheSize { get; init; } = 1000;

    /// <summary>
    /// Prepares each statement on every connected node, in the background, once one node has prepared it. Default true; false leaves the
    /// others to the first request that reaches them. Nobody waits for it either way.
    /// </summary>
    public bool PrepareOnAllNodes { get; init; } = true;

    /// <summary>
    /// Prepares on a node that has come up the statements that the driver remembers (<see cref="PreparedCacheSize"/>), a few at a time.
    /// Default true; false leaves them to the first request that needs them there.
    /// </summary>
    public bool ReprepareOnUp { get; init; } = true;

    /// <summary>The most connections to one node, 1 to 128; more than one are opened only when one is busy. Default 8.</summary>
    public int MaxConnectionsPerNode { get; init; } = 8;

    /// <summary>
    /// How many connections each node is given from the start, 1 to <see cref="MaxConnectionsPerNode"/>. Default 1; more are opened when they are needed.
    /// </summary>
    public int MinConnectionsPerNode { get; init; } = 1;

    /// <summary>The most requests in flight on one connection, 1 to 32768, which is the protocol's bound and the default.</summary>
    public int MaxRequestsPerConnection { get; init; } = StreamIdsPerConnection;

    /// <summary>
    /// The most requests that wait because every connection is full, or for their turn; one more gives <see cref="RequestThrottledException"/>.
    /// Default 10 000; zero lets none wait.
    /// </summary>
    public int MaxQueuedRequests { get; init; } = 10_000;

    /// <summary>
    /// The most requests of this cluster object under way at once. Default null: as many as the connections take. Those beyond it wait, as many
    /// as <see cref="MaxQueuedRequests"/>; their timeout runs.
    /// </summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>
    /// The most requests that this cluster object begins in a second, in bursts of at most a tenth of it. Default null: no bound. Those beyond it
    /// wait, as many as <see cref="MaxQueuedRequests"/>; their timeout runs.
    /// </summary>
    public int? MaxRequestsPerSecond { get; init; }

    /// <summary>
    /// The wait before the first attempt to reconnect to a node; doubles with each failure, with some jitter. Default 1 s.
    /// </summary>
    public TimeSpan ReconnectBaseDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts to reconnect to a node. Default 60 s. The driver never stops trying.</summary>
    public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Gives the addresses at which this client reaches nodes, where they differ from the cluster's own. Default null: they don't.
    /// </summary>
    public AddressTranslator? AddressTranslator { get; init; }

    /// <summary>
    /// The least time between two readings of the system tables that events cause. The first event is acted on at once, those that follow
    /// within this time are acted on together. Default 1 s; zero acts on each as soon as the reading before it is done.
    /// </summary>
    public TimeSpan MetadataRefreshPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The application's name, shown to operators by servers that list their clients. Default null.</summary>
    public string? ApplicationName { get; init; }

    /// <summary>The application's version, shown beside its name. Default null.</summary>
    public string? ApplicationVersion { get; init; }

    /// <summary>An id that marks this cluster object among the server's clients. Default null: a random one for each cluster.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>
    /// Asks servers to refuse requests when they have too many, instead of not reading from the connection (THROW_ON_OVERLOAD). Default
    /// false.
    /// </summary>
    public bool ThrowOnOverload { get; init; }

    /// <summary>Shows tables made WITH COMPACT STORAGE as ordinary ones (NO_COMPACT). Default false.</summary>
    public bool NoCompact { get; init; }

    /// <summary>What the driver does about the schema. Default <c>new SchemaOptions()</c>: it is read when it is asked for.</summary>
    public SchemaOptions Schema { get; init; } = new();

    /// <summary>The columns whose values are encrypted before they leave this client. Default null: none.</summary>
    public ColumnEncryption? ColumnEncryption { get; init; }

    /// <summary>How sockets are set up. Default <c>new TcpOptions()</c>.</summary>
    public TcpOptions Tcp { get; init; } = new();

    /// <summary>Where the driver logs to. Default null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Makes the meter that the driver measures with, and owns it. Default null: one for all clusters of the process. Its name is the same either way.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>The clock and the timers. Default the system's; tests give their own.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary><see cref="Consistency"/>; null where nobody set it.</summary>
    internal ConsistencyLevel? SaidConsistency { get; init; }

    /// <summary>What opens connections; tests put scripted servers here.</summary>
    internal TransportFactory TransportFactory { get; init; } = TransportConnector.Instance;

    /// <summary>How many cores there are to share; tests say so.</summary>
    internal int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>The highest version to offer, given that version 5 has no Snappy.</summary>
    internal ProtocolVersion HighestProtocolVersion =>
        ProtocolVersion ?? (Compression == Compression.Snappy && MaxProtocolVersion > Ilium.ProtocolVersion.V4
            ? Ilium.ProtocolVersion.V4
            : MaxProtocolVersion);

    /// <summary>The contact points as end points, without doubles, in the order given.</summary>
    internal IReadOnlyList<System.Net.EndPoint> ContactEndPoints() =>
        [.. ContactPoints.Select(point => point.ToEndPoint(Port)).Distinct()];

    /// <summary>The policies that decide which nodes are connected to.</summary>
    internal IReadOnlyList<LoadBalancingPolicy> LoadBalancingPolicies() =>
        [.. Profiles.Values.Select(static profile => profile.LoadBalancingPolicy).OfType<LoadBalancingPolicy>().Prepend(LoadBalancingPolicy).Distinct()];

    /// <summary>These options with what the bundle has for them.</summary>
    internal ClusterOptions SecuredBy(AstraIdentity astra) => this with
    {
        Tls = new TlsOptions { ReloadCertificates = astra.Tls },
        AuthProvider = AuthProvider ?? (astra.Bundle.Username is null ? null : new PlainTextAuthProvider(_ => new(astra.Credentials()))),
    };

    /// <summary>Options from a connection string: see <see cref="Cluster.Parse"/>. What no string can say is added with <c>with</c>.</summary>
    /// <param name="connectionString">Keys and values; see docs/connecting.md for all keys.</param>
    /// <exception cref="InvalidOptionsException">A key is unknown or a value can't be read; all faults are listed.</exception>
    public static ClusterOptions Parse(string connectionString) => ConnectionStringParser.Parse(connectionString);

    /// <summary>Looks for faults, as making a cluster does, and opens nothing.</summary>
    /// <exception cref="InvalidOptionsException">Something in the options can't be; <see cref="InvalidOptionsException.Faults"/> lists everything.</exception>
    public void Validate()
    {
        var faults = ClusterOptionsValidator.Faults(this);
        if (faults.Count > 0)
        {
            throw new InvalidOptionsException(faults);
        }
    }
}
