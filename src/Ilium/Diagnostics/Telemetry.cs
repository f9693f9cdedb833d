using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ilium.Diagnostics;

/// <summary>
/// The names under which the driver can be observed: an <see cref="ActivitySource"/> and a <see cref="Meter"/>, both called
/// <c>Ilium</c>, with the OpenTelemetry conventions for database clients. Nothing is measured while nobody listens.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Ilium";

    internal const string System = "cassandra";

    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Meter Meter = new(Name);

    /// <summary>Stable convention: seconds from the call to its result.</summary>
    internal static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "Duration of requests.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> Reprepared = Meter.CreateCounter<long>(
        "ilium.client.statements.reprepared", "{statement}", "Statements prepared again because a node had forgotten them or their table changed.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> Retried = Meter.CreateCounter<long>(
        "ilium.client.requests.retried", "{attempt}", "Attempts made because a retry policy said so.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> Speculative = Meter.CreateCounter<long>(
        "ilium.client.requests.speculative", "{attempt}", "Attempts made beside one that took long.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> Opened = Meter.CreateCounter<long>(
        "ilium.client.connections.opened", "{connection}", "Connections opened.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> Closed = Meter.CreateCounter<long>(
        "ilium.client.connections.closed", "{connection}", "Connections that ended, for whatever reason.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> NodeChanges = Meter.CreateCounter<long>(
        "ilium.client.nodes.changes", "{change}", "Nodes that joined, left, came up, went down or moved.");

    /// <summary>Ilium's own.</summary>
    internal static readonly Counter<long> TopologyRefreshes = Meter.CreateCounter<long>(
        "ilium.client.topology.refreshes", "{refresh}", "Times the cluster's nodes or keyspaces were read again.");
}
