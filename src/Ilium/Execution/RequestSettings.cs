using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>The options of one request after the call's, the statement's and the cluster's have been laid over each other.</summary>
internal readonly struct RequestSettings
{
    /// <summary>No level of the protocol.</summary>
    internal const ConsistencyLevel Unsaid = (ConsistencyLevel)ushort.MaxValue;

    private RequestSettings(ClusterOptions defaults)
    {
        Consistency = defaults.SaidConsistency ?? Unsaid;
        SerialConsistency = defaults.SerialConsistency;
        Timeout = Milliseconds(defaults.RequestTimeout);
        PageSize = defaults.PageSize;
        RetryPolicy = defaults.RetryPolicy;
        LoadBalancing = defaults.LoadBalancingPolicy;
        Speculation = Effective(defaults.SpeculativeExecutionPolicy, null);
    }

    private RequestSettings(in RequestSettings basis, ExecutionOptions options)
    {
        this = basis;
        RetryPolicy = options.RetryPolicy ?? RetryPolicy;
        LoadBalancing = options.LoadBalancingPolicy ?? LoadBalancing;
        Routing = options.RoutingKey is null && options.RoutingToken is null && options.Node is null && options.PreferredNode is null ? Routing : options;
        Speculation = Effective(options.SpeculativeExecutionPolicy, Speculation);
        Consistency = options.Consistency ?? Consistency;
        SerialConsistency = options.SerialConsistency ?? SerialConsistency;
        Timeout = options.Timeout is { } timeout ? Milliseconds(timeout) : Timeout;
        PageSize = options.PageSize ?? PageSize;
        PagingState = options.PagingState ?? PagingState;
        Timestamp = options.Timestamp ?? Timestamp;
        IsIdempotent = options.IsIdempotent ?? IsIdempotent;
        Tracing = options.Tracing ?? Tracing;
        Payload = ExecuteAsPayload.Over(Payload, options);
        NowInSeconds = options.NowInSeconds ?? NowInSeconds;
    }

    private RequestSettings(in RequestSettings basis, ExecutionProfile profile)
    {
        this = basis;
        Consistency = profile.Consistency ?? Consistency;
        SerialConsistency = profile.SerialConsistency ?? SerialConsistency;
        Timeout = profile.Timeout is { } timeout ? Milliseconds(timeout) : Timeout;
        PageSize = profile.PageSize ?? PageSize;
        RetryPolicy = profile.RetryPolicy ?? RetryPolicy;
        LoadBalancing = profile.LoadBalancingPolicy ?? LoadBalancing;
        Speculation = Effective(profile.SpeculativeExecutionPolicy, Speculation);
        IsIdempotent = profile.IsIdempotent ?? IsIdempotent;
    }

    /// <summary><see cref="Unsaid"/> where nobody said: the default depends on the servers, and sessions may be there before anybody has connected.</summary>
    internal ConsistencyLevel Consistency { get; }

    internal RetryPolicy RetryPolicy { get; }

    internal LoadBalancingPolicy LoadBalancing { get; }

    /// <summary>The options that say where the request goes; null where none do.</summary>
    internal ExecutionOptions? Routing { get; }

    /// <summary>null for <see cref="SpeculativeExecutionPolicy.None"/>.</summary>
    internal SpeculativeExecutionPolicy? Speculation { get; }

    internal ConsistencyLevel? SerialConsistency { get; }

    /// <summary>In milliseconds; <see cref="long.MaxValue"/> for none.</summary>
    internal long Timeout { get; }

    internal int PageSize { get; }

    internal PagingState? PagingState { get; }

    internal long? Timestamp { get; }

    /// <summary>null where nobody said.</summary>
    internal bool? IsIdempotent { get; }

    internal bool Tracing { get; }

    internal IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Payload { get; }

    internal int? NowInSeconds { get; }

    internal static RequestSettings From(ClusterOptions defaults) => new(defaults);

    /// <summary>These settings with what <paramref name="options"/> says on top.</summary>
    internal RequestSettings With(ExecutionOptions? options)
    {
        if (options is null)
        {
            return this;
        }

        options.Validate();
        return new RequestSettings(With(options.Profile), options);
    }

    /// <summary>These settings with what <paramref name="profile"/> says on top.</summary>
    internal RequestSettings With(ExecutionProfile? profile) => profile is null ? this : new RequestSettings(this, profile);

    private static SpeculativeExecutionPolicy? Effective(SpeculativeExecutionPolicy? said, SpeculativeExecutionPolicy? otherwise) =>
        said is null ? otherwise : ReferenceEquals(said, SpeculativeExecutionPolicy.None) ? null : said;

    private static long Milliseconds(TimeSpan timeout) =>
        timeout == System.Threading.Timeout.InfiniteTimeSpan ? long.MaxValue : Math.Max(1, (long)timeout.TotalMilliseconds);
}
