using System.Globalization;

namespace Ilium;

/// <summary>
/// The trace of a request was not complete in the time given. Servers write traces after they answer, to tables of their own that keep
/// them for a day: it may be there later, or may have been dropped under load.
/// </summary>
public sealed class TraceUnavailableException : CassandraException
{
    internal TraceUnavailableException(Guid traceId, TimeSpan waited, Exception? innerException = null)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Trace {traceId} was not complete in system_traces after {waited.TotalMilliseconds:0} ms; ask later or wait longer."),
            innerException)
    {
        TraceId = traceId;
        Waited = waited;
    }

    /// <summary>The id the server gave the trace.</summary>
    public Guid TraceId { get; }

    /// <summary>How long the driver looked for it.</summary>
    public TimeSpan Waited { get; }

    /// <summary>True: the trace may appear.</summary>
    public override bool IsTransient => true;
}
