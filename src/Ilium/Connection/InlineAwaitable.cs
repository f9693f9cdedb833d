using System.Runtime.CompilerServices;

namespace Ilium.Connection;

/// <summary>
/// How driver code awaits: it goes on where the task ends, and never on the thread pool, every thread of which may be blocked in a
/// synchronous verb that waits for just this.
/// </summary>
/// <remarks>
/// <c>ConfigureAwait(false)</c> promises no such thing: of several that await a task only one goes on inline, and one that begins to await
/// in the moment the task ends is queued. A synchronous continuation is neither.
/// </remarks>
internal readonly struct InlineAwaitable(Task task, bool throws) : ICriticalNotifyCompletion
{
    public bool IsCompleted => task.IsCompleted;

    public InlineAwaitable GetAwaiter() => this;

    public void GetResult()
    {
        if (throws)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            // Counts as looked at.
            _ = task.Exception;
        }
    }

    public void OnCompleted(Action continuation) => InlineAwaiting.Continue(task, continuation);

    public void UnsafeOnCompleted(Action continuation) => InlineAwaiting.Continue(task, continuation);
}

/// <inheritdoc cref="InlineAwaitable"/>
internal readonly struct InlineAwaitable<T>(Task<T> task) : ICriticalNotifyCompletion
{
    public bool IsCompleted => task.IsCompleted;

    public InlineAwaitable<T> GetAwaiter() => this;

    public T GetResult() => task.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => InlineAwaiting.Continue(task, continuation);

    public void UnsafeOnCompleted(Action continuation) => InlineAwaiting.Continue(task, continuation);
}

/// <summary>What driver code calls instead of <c>ConfigureAwait</c>.</summary>
internal static class InlineAwaiting
{
    internal static InlineAwaitable Inline(this Task task) => new(task, throws: true);

    internal static InlineAwaitable<T> Inline<T>(this Task<T> task) => new(task);

    /// <summary>Waits for the end, whatever it is.</summary>
    internal static InlineAwaitable InlineEnd(this Task task) => new(task, throws: false);

    /// <summary>
    /// The outcome of work that others may wait for too, at most until a time: <see cref="Task.WaitAsync(TimeSpan, TimeProvider)"/> on a task of
    /// its own, because on a shared one it may be told by way of the thread pool.
    /// </summary>
    internal static Task<T> WithinAsync<T>(this Task<T> work, TimeSpan left, TimeProvider time)
    {
        if (work.IsCompleted)
        {
            return work;
        }

        var own = new TaskCompletionSource<T>();
        Continue(work, () =>
        {
            own.SetFromTask(work);
            // Who has stopped waiting for it leaves no failure behind that nobody has seen.
            _ = own.Task.Exception;
        });
        return own.Task.WaitAsync(left, time);
    }

    internal static void Continue(Task task, Action continuation) => task.ContinueWith(
        static (_, state) => ((Action)state!)(), continuation, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
