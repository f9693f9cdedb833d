namespace Ilium.Extensions;

/// <summary>
/// One cluster as an application with a container describes it: options in the sense of <c>Microsoft.Extensions.Options</c>, by the name of the cluster's key. They are
/// read once, when the application starts.
/// </summary>
public sealed class CassandraOptions
{
    /// <summary>
    /// What the cluster is made from; to change it, set it to a copy made with <c>with</c>. Where it names no logger factory, meter factory, clock or application, those of the container
    /// are taken.
    /// </summary>
    public ClusterOptions Cluster { get; set; } = new();

    /// <summary>Whether the application waits for the cluster as it starts. Default <see cref="WarmUpMode.Required"/>.</summary>
    public WarmUpMode WarmUp { get; set; }

    /// <summary>
    /// How long it waits at most: a cluster that can't be reached, and may be starting too, is tried again until then. Default 30 s.
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits until the host gives up.
    /// </summary>
    public TimeSpan WarmUpTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The faults there are, in sentences.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!Enum.IsDefined(WarmUp))
        {
            yield return $"WarmUp is {WarmUp}, which is none of {string.Join(", ", Enum.GetNames<WarmUpMode>())}.";
        }

        // Timers count milliseconds in 32 bits.
        if (WarmUpTimeout != Timeout.InfiniteTimeSpan && (WarmUpTimeout <= TimeSpan.Zero || WarmUpTimeout > TimeSpan.FromDays(24)))
        {
            yield return $"WarmUpTimeout is {WarmUpTimeout:c}: it is above zero and at most 24 days; Timeout.InfiniteTimeSpan leaves it to the host.";
        }

        if (Cluster is null)
        {
            yield return "Cluster is null: set it to a ClusterOptions.";
        }
    }
}
