using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ilium.Diagnostics;

namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class ObservabilitySnippets(DocsRing ring)
{
    [Fact]
    public async Task Requests_are_measured_while_somebody_listens()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var durations = 0;
        var names = new List<string>();
        // snippet: observe
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, seconds, _, _) =>
        {
            Console.WriteLine($"{instrument.Name} {seconds} {instrument.Unit}");
            //-
            Interlocked.Increment(ref durations);
        });
        meters.Start();

        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            //-
            ActivityStarted = activity => names.Add(activity.DisplayName),
            ActivityStopped = activity => Console.WriteLine($"{activity.DisplayName} {activity.Duration} {activity.Status}"),
        };
        ActivitySource.AddActivityListener(activities);

        await session.ExecuteAsync("SELECT name FROM users");
        // end
        Assert.True(durations >= 1);
        Assert.Contains("QUERY", names);
    }
}
