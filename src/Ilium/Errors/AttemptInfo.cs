using System.Globalization;
using System.Net;
using Ilium.Errors;

namespace Ilium;

/// <summary>What became of one attempt to run a request on a node.</summary>
/// <param name="Node">The node, or null when the request was still waiting for one.</param>
/// <param name="Elapsed">How long this attempt took, or had been running.</param>
/// <param name="Outcome">What happened, for people: "no answer", an error, the state of the connection.</param>
public readonly record struct AttemptInfo(EndPoint? Node, TimeSpan Elapsed, string Outcome)
{
    /// <summary>How many requests were in flight on the attempt's connection when it ended; null when it had no connection.</summary>
    public int? InFlight { get; init; }

    /// <summary>The failure that ended it; null when there was none, as for an attempt that was given up.</summary>
    public CassandraException? Error { get; init; }

    /// <summary>One line for logs and messages.</summary>
    public override string ToString()
    {
        var inFlight = InFlight is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} in flight") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{EndPointText.Format(Node)}: {Outcome} after {Elapsed.TotalMilliseconds:0} ms{inFlight}");
    }
}
