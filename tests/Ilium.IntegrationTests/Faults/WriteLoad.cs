using System.Collections.Concurrent;
using System.Net;
using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

/// <summary>
/// Flows that write, each one request after the other, until they are stopped: as many requests are in flight as there are flows. What was acknowledged goes into
/// the ledger, what failed is kept, every latency is noted.
/// </summary>
internal sealed class WriteLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Session _session;
    private readonly WriteLedger _ledger;
    private readonly PreparedStatement _insert;
    private readonly ExecutionOptions _options;
    private readonly ConcurrentQueue<(DateTimeOffset At, Exception Error)> _failures = new();
    private readonly List<WriteSample>[] _samples;
    private readonly Task[] _flows;
    private volatile Milestone? _milestone;
    private volatile bool _stopped;

    private WriteLoad(Session session, WriteLedger ledger, PreparedStatement insert, int flows, ExecutionOptions options)
    {
        _session = session;
        _ledger = ledger;
        _insert = insert;
        _options = options;
        _samples = [.. Enumerable.Range(0, flows).Select(static _ => new List<WriteSample>(1024))];
        _flows = [.. _samples.Select(samples => Task.Run(() => RunAsync(ledger.NewFlow(), samples)))];
    }

    /// <summary>What failed; nothing of it is tried again.</summary>
    public IReadOnlyCollection<(DateTimeOffset At, Exception Error)> Failures => _failures;

    /// <summary>Begins. By default the writes are idempotent and at QUORUM; everything else is the cluster's.</summary>
    public static async Task<WriteLoad> StartAsync(Session session, WriteLedger ledger, int flows = 256, ExecutionOptions? options = null)
    {
        var insert = await session.PrepareAsync($"INSERT INTO {ledger.Table} (flow, sequence, value) VALUES (?, ?, ?)".AsCql(), CqlText.Cancelled);
        return new WriteLoad(session, ledger, insert, flows, options ?? new ExecutionOptions { Consistency = ConsistencyLevel.Quorum, IsIdempotent = true });
    }

    /// <summary>Returns once every flow has finished a request that it began after so long from now.</summary>
    public async Task RunForAsync(TimeSpan time)
    {
        var milestone = new Milestone(After(time), _flows.Length);
        _milestone = milestone;
        await milestone.Reached.Task.WaitAsync(time + Patience, CqlText.Cancelled);
    }

    /// <summary>Ends the flows, each after its request. The samples may be read then.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await Task.WhenAll(_flows).WaitAsync(Patience, CqlText.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await Task.WhenAll(_flows);
    }

    /// <summary>Requests that were begun in a span of time; once the load has stopped.</summary>
    public WriteSample[] Between(long from, long to) => [.. _samples.SelectMany(static flow => flow).Where(sample => sample.Begun >= from && sample.Begun < to)];

    public WriteSample[] All() => Between(long.MinValue, long.MaxValue);

    /// <summary>
    /// Latencies between the two moments are normal again, compared with those before <paramref name="fault"/>. Generous, for the machine may have other work: what
    /// it would notice is requests that wait for a node that is gone.
    /// </summary>
    public void AssertNormal(long fault, long from, long to)
    {
        // Those that were under way at the time of the fault belong to neither.
        var healthy = Between(0, fault).Where(sample => sample.Begun + sample.Elapsed.TotalSeconds * TimeProvider.System.TimestampFrequency < fault).ToArray();
        var (before, after) = (Percentile(healthy, 99), Percentile(Between(from, to), 99));
        var limit = TimeSpan.FromSeconds(Math.Max(2 * before.TotalSeconds, 2));
        TestContext.Current.TestOutputHelper!.WriteLine($"p99 {before} before, {after} after; {healthy.Length} and {Between(from, to).Length} writes; longest of all {All().Max(static sample => sample.Elapsed)}");
        Assert.True(after <= limit, $"p99 was {before} before the fault and is {after}.");
    }

    /// <summary>The latency that so many of 100 requests did not exceed.</summary>
    public static TimeSpan Percentile(WriteSample[] samples, double percentile)
    {
        var sorted = samples.Select(static sample => sample.Elapsed).Order().ToArray();
        Assert.NotEmpty(sorted);
        return sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * percentile / 100)];
    }

    public static int CountOf(WriteSample[] samples, EndPoint node) => samples.Count(sample => node.Equals(sample.Node));

    /// <summary>A moment so long from now, to compare with <see cref="WriteSample.Begun"/>.</summary>
    public static long After(TimeSpan time) => TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);

    private async Task RunAsync(int flow, List<WriteSample> samples)
    {
        Milestone? last = null;
        for (var sequence = 0; !_stopped; sequence++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            _ledger.Attempt(flow, sequence);
            EndPoint? node = null;
            var attempts = 0;
            try
            {
                // Not the test's token: a request that was cancelled would be one that failed.
                var rows = await _session.ExecuteAsync(_insert.Bind(flow, sequence, WriteLedger.ValueOf(flow, sequence)), _options, CancellationToken.None);
                _ledger.Acknowledge(flow, sequence);
                (node, attempts) = (rows.Info.Node, rows.Info.Attempts.Count);
            }
            catch (CassandraException e)
            {
                _failures.Enqueue((TimeProvider.System.GetUtcNow(), e));
                attempts = e.Attempts.Count;
            }

            samples.Add(new WriteSample(begun, TimeProvider.System.GetElapsedTime(begun), node, attempts));
            if (_milestone is { } milestone && milestone != last && begun >= milestone.At)
            {
                last = milestone;
                milestone.Count();
            }
        }
    }

    private sealed class Milestone(long at, int flows)
    {
        private int _left = flows;

        internal long At => at;

        internal TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Count()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                Reached.SetResult();
            }
        }
    }
}
