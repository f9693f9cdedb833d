using Microsoft.Extensions.Logging;

namespace Ilium.Extensions;

/// <summary>Ids are a contract: docs/observability.md lists them.</summary>
internal static partial class Log
{
    internal const string Category = "Ilium.Hosting";

    [LoggerMessage(400, LogLevel.Information, "Ready: {Cluster} was connected to in {Elapsed}")]
    internal static partial void Ready(this ILogger logger, string cluster, TimeSpan elapsed);

    [LoggerMessage(401, LogLevel.Warning, "Could not connect to {Cluster} yet; trying again")]
    internal static partial void NotYet(this ILogger logger, Exception reason, string cluster);

    [LoggerMessage(402, LogLevel.Error, "Starting without {Cluster}: requests will connect")]
    internal static partial void StartingWithout(this ILogger logger, Exception reason, string cluster);

    [LoggerMessage(403, LogLevel.Warning, "Starting without node {Node} of {Cluster}; it is tried again")]
    internal static partial void NodeMissing(this ILogger logger, Exception reason, string node, string cluster);

    [LoggerMessage(404, LogLevel.Warning, "Starting before all nodes of {Cluster} were connected to: {Timeout} were up")]
    internal static partial void NodesMissing(this ILogger logger, string cluster, TimeSpan timeout);
}
