namespace Ilium;

/// <summary>
/// How a kind of request is carried out, such as reports or writes that must not wait. What is null is taken from
/// <see cref="ClusterOptions"/>. Immutable; may be shared by threads, sessions and clusters. Derive one from another with <c>profile with { ... }</c>.
/// </summary>
/// <remarks>
/// Laid over each other, the later first: the call's options, the call's profile, the statement's options, the statement's profile, the
/// session's profile, the cluster's options.
/// </remarks>
public sealed record ExecutionProfile
{
    /// <summary>How many replicas must answer.</summary>
    public ConsistencyLevel? Consistency { get; init; }

    /// <summary>The consistency of the Paxos phase: <see cref="ConsistencyLevel.Serial"/> or <see cref="ConsistencyLevel.LocalSerial"/>.</summary>
    public ConsistencyLevel? SerialConsistency { get; init; }

    /// <summary>How long a whole request may take, every attempt included.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Rows per page; 0 asks for all rows at once.</summary>
    public int? PageSize { get; init; }

    /// <summary>What is done about failed attempts.</summary>
    public RetryPolicy? RetryPolicy { get; init; }

    /// <summary>
    /// Which nodes are tried, in which order. Policies of <see cref="ClusterOptions.Profiles"/> also decide which nodes are connected to; those of other profiles
    /// do with what there is.
    /// </summary>
    public LoadBalancingPolicy? LoadBalancingPolicy { get; init; }

    /// <summary>Whether slow requests are sent to a further node; <see cref="Ilium.SpeculativeExecutionPolicy.None"/> for never.</summary>
    public SpeculativeExecutionPolicy? SpeculativeExecutionPolicy { get; init; }

    /// <summary>True when everything run with this profile may be done twice, false when not even reads may. Default null: reads may.</summary>
    public bool? IsIdempotent { get; init; }
}
