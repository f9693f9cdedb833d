using Ilium.Statements;

namespace Ilium;

/// <summary>
/// What can be said about one request. Whatever is null is taken from the statement's own options, and after that from
/// <see cref="ClusterOptions"/>. Immutable; may be shared by threads and requests.
/// </summary>
public sealed record ExecutionOptions
{
    /// <summary>A profile for this request, over the session's; what else is said here comes before it.</summary>
    public ExecutionProfile? Profile { get; init; }

    /// <summary>What is done about failed attempts.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>Which nodes are tried, in which order. It can't have nodes connected to that the cluster's policies ignore.</summary>
    public LoadBalancingPolicy? LoadBalancingPolicy { get; init; }

    /// <summary>
    /// The partition that the request is about, for statements that don't say it themselves (text without values) or say another. Default null: the key
    /// among the values, where there is a whole one.
    /// </summary>
    public RoutingKey? RoutingKey { get; init; }

    /// <summary>As <see cref="RoutingKey"/>, which it takes precedence over, for those who know the token.</summary>
    public Token? RoutingToken { get; init; }

    /// <summary>
    /// The keyspace whose replicas <see cref="RoutingKey"/> and <see cref="RoutingToken"/> mean. Default null: that of the statement's table where it is known,
    /// else the statement's or the session's.
    /// </summary>
    public string? RoutingKeyspace { get; init; }

    /// <summary>The one node to send the request to, whatever the policy says. Retries go to the same one. Default null.</summary>
    public Node? Node { get; init; }

    /// <summary>
    /// The node to try first; when it does not take the request, those that the policy names are tried. Default null. <see cref="Node"/> takes precedence.
    /// </summary>
    public Node? PreferredNode { get; init; }

    /// <summary>Whether slow requests are sent to a further node; <see cref="Ilium.SpeculativeExecutionPolicy.None"/> for never.</summary>
    public SpeculativeExecutionPolicy? SpeculativeExecutionPolicy { get; init; }

    /// <summary>How many replicas must answer.</summary>
    public ConsistencyLevel? Consistency { get; init; }

    /// <summary>The consistency of a conditional statement's Paxos phase: <see cref="ConsistencyLevel.Serial"/> or <see cref="ConsistencyLevel.LocalSerial"/>.</summary>
    public ConsistencyLevel? SerialConsistency { get; init; }

    /// <summary>How long the whole request may take, preparing and repeating included. Accurate to about 100 ms.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Rows per page; 0 asks for all rows at once.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to begin: the <see cref="RowSet.PagingState"/> of the page before.</summary>
    public PagingState? PagingState { get; init; }

    /// <summary>The write's timestamp in microseconds since 1970; the cluster's <see cref="ClusterOptions.TimestampGenerator"/> when null.</summary>
    public long? Timestamp { get; init; }

    /// <summary>
    /// True when doing the request twice is the same as once; only such requests are repeated when they may have been applied. null: a statement
    /// that begins with SELECT is, others are not.
    /// </summary>
    public bool? IsIdempotent { get; init; }

    /// <summary>Has the server record a trace, found by <see cref="ExecutionInfo.TracingId"/>.</summary>
    public bool? Tracing { get; init; }

    /// <summary>
    /// Key-value pairs for server-side plug-ins (native protocol v4 and later, §4.1 of it; at most 65,535). On v3 the request fails with
    /// <see cref="NotSupportedByProtocolException"/> before it is sent.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Payload { get; init; }

    /// <summary>
    /// The user as whom the request runs, where the one who is logged in may do that (DataStax Enterprise: GRANT PROXY.EXECUTE ON ROLE). It is sent as the key <c>ProxyExecute</c> of
    /// the payload. Other servers ignore that and would run the request as who is logged in, so that it fails with <see cref="NotSupportedByServerException"/> before it is sent, and
    /// on v3 with <see cref="NotSupportedByProtocolException"/>. Statements are still prepared as who is logged in. Default null: as who is logged in.
    /// </summary>
    public string? ExecuteAs { get; init; }

    /// <summary>
    /// The time the server takes as now for time-to-live, in seconds since 1970 (native protocol v5). On v3 and v4 the request fails with
    /// <see cref="NotSupportedByProtocolException"/> before it is sent.
    /// </summary>
    public int? NowInSeconds { get; init; }

    internal void Validate()
    {
        Validate(Consistency, SerialConsistency, Timeout, PageSize);
        if (Profile is { } profile)
        {
            Validate(profile);
        }

        if (ExecuteAs is { Length: 0 })
        {
            throw new ArgumentException("ExecuteAs is empty: name a user, or leave it null to run as who is logged in.");
        }

        if (ExecuteAs is not null && Payload?.ContainsKey(ExecuteAsPayload.Key) is true)
        {
            throw new ArgumentException($"ExecuteAs is set, and Payload has its key, '{ExecuteAsPayload.Key}', too: give one of the two.");
        }

        if (Timestamp == long.MinValue)
        {
            throw new ArgumentException("Timestamp can't be long.MinValue, which servers refuse; leave it null for the cluster's TimestampGenerator.");
        }
    }

    internal static void Validate(ExecutionProfile profile) => Validate(profile.Consistency, profile.SerialConsistency, profile.Timeout, profile.PageSize);

    private static void Validate(ConsistencyLevel? consistency, ConsistencyLevel? serialConsistency, TimeSpan? time, int? pageSize)
    {
        if (consistency is { } level && !Enum.IsDefined(level))
        {
            throw new ArgumentException($"Consistency is {level}, which is no consistency level.");
        }

        if (serialConsistency is { } serial && serial is not (ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial))
        {
            throw new ArgumentException($"SerialConsistency is Serial or LocalSerial, not {serial}.");
        }

        if (time is { } timeout && timeout <= TimeSpan.Zero && timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException($"Timeout is positive, or infinite, not {timeout}.");
        }

        if (pageSize < 0)
        {
            throw new ArgumentException($"PageSize is 0 (no paging) or positive, not {pageSize}.");
        }
    }
}
