using System.Diagnostics.Metrics;

namespace Ilium.Diagnostics;

/// <summary>What is measured, by one meter: the one that all clusters share, or that of the factory a cluster was given. Threads: any.</summary>
internal sealed class Instruments(Meter meter)
{
    private static readonly Instruments Shared = new(new Meter(Telemetry.Name));

    /// <summary>Those of a factory, which owns their meter; null for those that all clusters share.</summary>
    internal static Instruments Of(IMeterFactory? factory) => factory is null ? Shared : new Instruments(factory.Create(new MeterOptions(Telemetry.Name)));

    /// <summary>Stable convention: seconds from the call to its result.</summary>
    internal Histogram<double> Duration { get; } = meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "Duration of requests.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> Reprepared { get; } = meter.CreateCounter<long>(
        "ilium.client.statements.reprepared", "{statement}", "Statements prepared again because a node had forgotten them or their table changed.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> Retried { get; } = meter.CreateCounter<long>(
        "ilium.client.requests.retried", "{attempt}", "Attempts made because a retry policy said so.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> Speculative { get; } = meter.CreateCounter<long>(
        "ilium.client.requests.speculative", "{attempt}", "Attempts made beside one that took long.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> Opened { get; } = meter.CreateCounter<long>(
        "ilium.client.connections.opened", "{connection}", "Connections opened.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> Closed { get; } = meter.CreateCounter<long>(
        "ilium.client.connections.closed", "{connection}", "Connections that ended, for whatever reason.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> NodeChanges { get; } = meter.CreateCounter<long>(
        "ilium.client.nodes.changes", "{change}", "Nodes that joined, left, came up, went down or moved.");

    /// <summary>Ilium's own.</summary>
    internal Counter<long> TopologyRefreshes { get; } = meter.CreateCounter<long>(
        "ilium.client.topology.refreshes", "{refresh}", "Times the cluster's nodes or keyspaces were read again.");
}
