using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Ilium.Execution;

/// <summary>Runs many statements, so many at a time, for a user who takes the outcomes as they come.</summary>
/// <remarks>
/// A place is taken before a statement is asked for and given back when its outcome is taken: a slow user holds up the statements, memory stays
/// bounded. When the enumeration ends, for whatever reason, nothing of it is in flight.
/// </remarks>
internal static class ManyStatements
{
    internal static async IAsyncEnumerable<StatementOutcome> RunAsync(
        Session session, IAsyncEnumerable<Statement> statements, ExecuteManyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var run = new Run(session, options, cancellationToken);
        var pump = Task.Run(() => run.PumpAsync(statements), CancellationToken.None);
        Exception? failure = null;
        try
        {
            await foreach (var pending in run.Outcomes.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                var outcome = await pending.ConfigureAwait(false);
                if (!outcome.Succeeded && (!options.ContinueOnError || cancellationToken.IsCancellationRequested))
                {
                    failure = outcome.Error;
                    break;
                }

                run.Taken();
                yield return outcome;
            }
        }
        finally
        {
            // Also when the user leaves early, or threw.
            run.Stop();
            await ((Task)pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await run.EndedAsync().ConfigureAwait(false);
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        cancellationToken.ThrowIfCancellationRequested();
        // What the source of the statements threw.
        await pump.ConfigureAwait(false);
    }

    internal static IEnumerable<StatementOutcome> RunSynchronously(Session session, IEnumerable<Statement> statements, ExecuteManyOptions options)
    {
        var executor = session.Cluster.Runtime.Executor;
        var progress = new ExecuteManyProgressReporter(options.Progress);
        var pending = new Queue<(long Index, Statement Statement, ClientRequest? Request, Exception? Refusal)>();
        using var source = statements.GetEnumerator();
        var more = true;
        ExceptionDispatchInfo? sourceFailure = null;
        long index = 0;
        try
        {
            while (true)
            {
                while (more && pending.Count < options.MaxInFlight)
                {
                    try
                    {
                        more = source.MoveNext();
                    }
                    catch (Exception e)
                    {
                        // Told after the outcomes of what it gave.
                        more = false;
                        sourceFailure = ExceptionDispatchInfo.Capture(e);
                    }

                    if (!more)
                    {
                        break;
                    }

                    progress.Started();
                    var statement = source.Current;
                    try
                    {
                        pending.Enqueue((index++, statement, executor.StartSynchronous(session, statement, options.Execution), null));
                    }
                    catch (Exception e)
                    {
                        pending.Enqueue((index - 1, statement, null, e));
                    }
                }

                if (!pending.TryDequeue(out var next))
                {
                    sourceFailure?.Throw();
                    yield break;
                }

                var outcome = Wait(next, progress);
                if (!outcome.Succeeded && !options.ContinueOnError)
                {
                    // The others are waited for below.
                    ExceptionDispatchInfo.Throw(outcome.Error!);
                }

                yield return outcome;
            }
        }
        finally
        {
            while (pending.TryDequeue(out var left))
            {
                var outcome = Wait(left, progress);
                if (outcome.Succeeded)
                {
                    outcome.Rows.Dispose();
                }
            }
        }
    }

    private static StatementOutcome Wait(
        (long Index, Statement Statement, ClientRequest? Request, Exception? Refusal) one, ExecuteManyProgressReporter progress)
    {
        StatementOutcome outcome;
        try
        {
            outcome = one.Request is null
                ? new StatementOutcome(one.Index, one.Statement, null, one.Refusal)
                : new StatementOutcome(one.Index, one.Statement, one.Request.Wait(), null);
        }
        catch (Exception e)
        {
            outcome = new StatementOutcome(one.Index, one.Statement, null, e);
        }

        progress.Ended(outcome.Succeeded);
        return outcome;
    }

    /// <summary>One enumeration: the side that takes statements and sends them.</summary>
    private sealed class Run(Session session, ExecuteManyOptions options, CancellationToken cancellationToken) : IDisposable
    {
        private readonly Channel<Task<StatementOutcome>> _outcomes = Channel.CreateUnbounded<Task<StatementOutcome>>(new UnboundedChannelOptions { SingleReader = true });
        private readonly SemaphoreSlim _places = new(options.MaxInFlight);
        private readonly ExecuteManyProgressReporter _progress = new(options.Progress);
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // The pump counts as one.
        private int _inFlight = 1;

        internal ChannelReader<Task<StatementOutcome>> Outcomes => _outcomes.Reader;

        internal void Taken() => _places.Release();

        /// <summary>Has no more statements begun; those in flight go on, since giving up a write leaves it unknown.</summary>
        internal void Stop() => _stop.Cancel();

        /// <summary>Ends when nothing is in flight any more; disposes of what nobody took.</summary>
        internal async Task EndedAsync()
        {
            await _ended.Task.ConfigureAwait(false);
            while (_outcomes.Reader.TryRead(out var left))
            {
                if (await left.ConfigureAwait(false) is { Succeeded: true } unread)
                {
                    unread.Rows.Dispose();
                }
            }
        }

        internal async Task PumpAsync(IAsyncEnumerable<Statement> statements)
        {
            try
            {
                long index = 0;
                var source = statements.GetAsyncEnumerator(_stop.Token);
                await using var disposing = source.ConfigureAwait(false);
                while (true)
                {
                    await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
                    if (!await source.MoveNextAsync().ConfigureAwait(false))
                    {
                        return;
                    }

                    if (_stop.IsCancellationRequested)
                    {
                        return;
                    }

                    _progress.Started();
                    Interlocked.Increment(ref _inFlight);
                    var outcome = RunOneAsync(index++, source.Current);
                    if (options.InOrder)
                    {
                        _outcomes.Writer.TryWrite(outcome);
                    }
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Stopped.
            }
            finally
            {
                OneEnded();
            }
        }

        public void Dispose()
        {
            _places.Dispose();
            _stop.Dispose();
        }

        private async Task<StatementOutcome> RunOneAsync(long index, Statement statement)
        {
            StatementOutcome outcome;
            try
            {
                outcome = new StatementOutcome(
                    index, statement, await session.ExecuteAsync(statement, options.Execution, cancellationToken).ConfigureAwait(false), null);
            }
            catch (Exception e)
            {
                outcome = new StatementOutcome(index, statement, null, e);
            }

            if (!outcome.Succeeded && !options.ContinueOnError)
            {
                Stop();
            }

            try
            {
                _progress.Ended(outcome.Succeeded);
            }
            catch (Exception e) when (outcome.Succeeded)
            {
                // The user's own: told to him as the outcome, since nobody else looks.
                outcome.Rows.Dispose();
                outcome = new StatementOutcome(index, statement, null, e);
            }

            if (!options.InOrder)
            {
                _outcomes.Writer.TryWrite(Task.FromResult(outcome));
            }

            OneEnded();
            return outcome;
        }

        private void OneEnded()
        {
            if (Interlocked.Decrement(ref _inFlight) == 0)
            {
                _outcomes.Writer.TryComplete();
                _ended.TrySetResult();
            }
        }
    }
}
