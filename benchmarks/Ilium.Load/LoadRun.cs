using System.Diagnostics;

namespace Ilium.Load;

/// <summary>N flows, each awaiting one request after another through the public API.</summary>
internal sealed class LoadRun(Workload workload, LoadArguments arguments)
{
    private long _errors;
    private long _flows;
    private LatencyRecorder? _slow;
    private volatile bool _stop;
    private volatile bool _measuring;

    /// <summary>Warms up, measures, and says what was found in one line.</summary>
    internal async Task<string> RunAsync()
    {
        var recorders = Enumerable.Range(0, arguments.InFlight).Select(_ => new LatencyRecorder()).ToArray();
        _slow = arguments.Slow > 0 ? recorders[0] : null;
        var flows = recorders.Select(Start).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(arguments.WarmUp), TimeProvider.System);

        var process = Process.GetCurrentProcess();
        Interlocked.Exchange(ref _errors, 0);
        var (cpu, kernel) = (process.TotalProcessorTime, process.PrivilegedProcessorTime);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        _measuring = true;
        await Task.Delay(TimeSpan.FromSeconds(arguments.Seconds), TimeProvider.System);
        _measuring = false;
        var elapsed = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var spent = (process.TotalProcessorTime - cpu).TotalMicroseconds;
        var inKernel = (process.PrivilegedProcessorTime - kernel).TotalMicroseconds;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        _stop = true;
        await Task.WhenAll(flows);

        var all = new LatencyRecorder();
        foreach (var recorder in recorders)
        {
            all.Add(recorder);
        }

        var requests = Math.Max(1, all.Count);
        var rows = all.Rows;
        return FormattableString.Invariant(
            $"ilium inflight={arguments.InFlight} req/s={all.Count / elapsed:F0} cpu_us/req={spent / requests:F3} kernel_us/req={inKernel / requests:F3} rows/s={rows / elapsed:F0} ") +
            FormattableString.Invariant(
            $"cpu_ns/row={spent * 1000 / Math.Max(1, rows):F1} alloc_B/req={(double)bytes / requests:F1} ") +
            FormattableString.Invariant($"p50_us={all.Percentile(0.5):F0} p99_us={all.Percentile(0.99):F0} p999_us={all.Percentile(0.999):F0} errors={Interlocked.Read(ref _errors)}");
    }

    private Task Start(LatencyRecorder recorder)
    {
        if (!arguments.Sync)
        {
            return Task.Run(() => FlowAsync(recorder));
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Flow(recorder);
            ended.SetResult();
        })
        { IsBackground = true }.Start();
        return ended.Task;
    }

    private long NextKey(ref long key)
    {
        // A step that has no divisor in common with the number of keys a user would think of.
        key = (key + 7_919) % arguments.Keys;
        return 42 + key;
    }

    private async Task FlowAsync(LatencyRecorder recorder)
    {
        var key = Interlocked.Increment(ref _flows);
        while (!_stop)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var rows = await workload.ExecuteAsync(NextKey(ref key));
                Count(recorder, start, Workload.Read(rows));
                if (recorder == _slow)
                {
                    Thread.Sleep(arguments.Slow);
                }
            }
            catch (CassandraException e)
            {
                Report(e);
            }
        }
    }

    private void Flow(LatencyRecorder recorder)
    {
        var key = Interlocked.Increment(ref _flows);
        while (!_stop)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var rows = workload.Execute(NextKey(ref key));
                Count(recorder, start, Workload.Read(rows));
            }
            catch (CassandraException e)
            {
                Report(e);
            }
        }
    }

    private void Count(LatencyRecorder recorder, long start, int rows)
    {
        if (_measuring)
        {
            recorder.Add(Stopwatch.GetTimestamp() - start);
            recorder.Rows += rows;
        }
    }

    private void Report(CassandraException error)
    {
        if (Interlocked.Increment(ref _errors) <= 3)
        {
            Console.Error.WriteLine(error.Message);
        }
    }
}
