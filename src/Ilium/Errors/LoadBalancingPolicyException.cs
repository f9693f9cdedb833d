namespace Ilium;

/// <summary>
/// A load-balancing policy of the application's own failed, named no node for a request, or leaves out every node of the cluster. Nothing was sent. Mend the policy.
/// </summary>
public sealed class LoadBalancingPolicyException : CassandraException
{
    internal LoadBalancingPolicyException(LoadBalancingPolicy policy, string what, Exception? reason = null)
        : base($"The load-balancing policy {policy.GetType().Name} {what}{(reason is null ? "." : $": {reason.Message}")}", reason)
    {
        Policy = policy;
    }

    /// <summary>The policy.</summary>
    public LoadBalancingPolicy Policy { get; }
}
