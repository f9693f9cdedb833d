using System.Diagnostics.Tracing;

namespace Ilium.TestKit;

/// <summary>
/// Counts the arrays of the shared pool that were rented and not given back, since this was made, in the whole process. Those below <c>smallest</c> bytes
/// are not counted: a request's own buffer is kept with the pooled request, and both are left to the collector in the end.
/// </summary>
public sealed class RentedArrays(int smallest) : EventListener
{
    private const string Source = "System.Buffers.ArrayPoolEventSource";
    private const int Rented = 1;
    private const int Returned = 3;

    private readonly Dictionary<int, int> _out = [];
    private readonly Lock _lock = new();

    /// <summary>Rented since this was made, and still out.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _out.Values.Sum();
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Source || eventData.EventId is not (Rented or Returned))
        {
            return;
        }

        if ((int)eventData.Payload![1]! < smallest)
        {
            return;
        }

        // Both begin with the array's hash and its length. Two arrays may share one, hence the count. What was rented before is none of this one's.
        var array = (int)eventData.Payload[0]!;
        lock (_lock)
        {
            var count = _out.GetValueOrDefault(array) + (eventData.EventId == Rented ? 1 : -1);
            if (count > 0)
            {
                _out[array] = count;
            }
            else
            {
                _out.Remove(array);
            }
        }
    }
}
