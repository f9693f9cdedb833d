namespace Ilium.Execution;

/// <summary>Counts, and tells one at a time.</summary>
internal sealed class ExecuteManyProgressReporter(IProgress<ExecuteManyProgress>? progress)
{
    private readonly Lock _gate = new();
    private long _started;
    private long _succeeded;
    private long _failed;

    internal void Started() => Interlocked.Increment(ref _started);

    internal void Ended(bool succeeded)
    {
        if (progress is null)
        {
            return;
        }

        lock (_gate)
        {
            _ = succeeded ? _succeeded++ : _failed++;
            progress.Report(new ExecuteManyProgress(Interlocked.Read(ref _started), _succeeded, _failed));
        }
    }
}
