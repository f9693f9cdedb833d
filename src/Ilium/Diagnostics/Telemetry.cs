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
}
