using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ThreadState = System.Threading.ThreadState;

namespace Ilium.Connection;

/// <summary>
/// Reads one connection or several, and hands each answer to its caller.
/// </summary>
/// <remarks>
/// What it is: a role that one thread holds at a time. The holder sleeps in the kernel until bytes come, splits them, and then runs the
/// callers' continuations itself: no thread-pool hop, and what they send leaves in one write afterwards. Continuations are foreign code,
/// so the role can be taken from a holder that is inside one: by the <see cref="Overseer"/> when it makes no progress, by the holder
/// itself when it is about to block in a synchronous verb. A new thread then goes on with the rest of the answers and reads on; the old
/// thread ends when its continuation returns. Holders that take long but do make progress are helped by the thread pool.
/// Threads: the role word decides. (generation, in user code): only the holder of the generation sets the flag, and whoever changes
/// (g, true) to (g + 1, false) owns generation g + 1. Everything the holder uses while parsing is untouchable while the flag is clear.
/// </remarks>
internal sealed class ReaderLoop : IThreadPoolWorkItem
{
    private const int InUserCode = 1;

    // After this many continuations the clock is looked at, so that looking costs nothing per request.
    private const int PaceInterval = 16;

    // A drain of this length has cost the server idle time: send what has gathered. One that takes twice as long gets help.
    private static readonly long FlushAfter = Stopwatch.Frequency / 10_000;
    private static readonly long HelpAfter = Stopwatch.Frequency / 5_000;

    // A holder seen waiting at two ticks blocks; one that computes, or lost its core to somebody else, gets longer.
    private const int BlockedTicks = 1;
    private const int RunningTicks = 10;

    // A blocked continuation costs a thread and holds up the others for a tick or two; by way of the thread pool every completion costs
    // several times its usual CPU. The second is cheaper only when readers block a large part of the time.
    internal const int BlockedBeforePool = 32;
    private const long BlockedWindowMilliseconds = 1_000;
    private const long PoolModeMilliseconds = 5_000;

    // Of so many looks, one every other millisecond, most must find continuations running before the reader counts as saturated.
    private const int LooksPerVerdict = 64;
    private const int SaturatedLooks = 40;

    // So many answers of one read, and the next ones are there when their continuations have run.
    internal const int ManyAnswers = 8;

    private readonly ReadSource _source;
    private readonly Overseer _overseer;
    private readonly ReadyQueue _ready = new();
    private readonly Lock _deferGate = new();
    private readonly List<CqlConnection> _deferred = [];

    private int _role;
    private int _progress;
    private int _observedProgress;
    private int _observedRole;
    private int _helping;
    private int _handOvers;
    private int _recentlyBlocked;
    private long _blockedSince;
    private long _poolModeUntil;
    private Thread? _holder;
    private int _stuckTicks;
    private int _drains;
    private bool _busy;
    private int _observedDrains;
    private int _looks;
    private int _looksAtWork;

    internal ReadSource Source => _source;

    internal ReaderLoop(ReadSource source, Overseer overseer)
    {
        _source = source;
        _overseer = overseer;
        overseer.Add(this);
    }

    /// <summary>What the reader is doing, for the text of timeouts.</summary>
    internal string Status => (Volatile.Read(ref _role) & InUserCode) != 0
        ? $"running continuations ({_ready.Count} answers waiting)"
        : "reading";

    /// <summary>Times the role was taken from a thread inside a continuation.</summary>
    internal int HandOvers => Volatile.Read(ref _handOvers);

    /// <summary>True while continuations go to the thread pool, because too many have blocked readers.</summary>
    internal bool CompletesOnPool => Volatile.Read(ref _poolModeUntil) != 0;

    internal const string ThreadName = "Ilium reader";

    /// <summary>Becomes the first holder; returns when the role or the last connection is gone.</summary>
    internal void Run() => Run(0);

    /// <summary>True when whatever one more connection brings can be queued. By the holder while it reads.</summary>
    internal bool HasRoom => _ready.HasRoom;

    /// <summary>Queues an answer of the current read; by the holder while it splits.</summary>
    internal void Add(PendingRequest request) => _ready.Add(request);

    internal bool TryDefer(CqlConnection connection, int generation)
    {
        lock (_deferGate)
        {
            if (Volatile.Read(ref _role) != Word(generation, inUser: true))
            {
                return false;
            }

            _deferred.Add(connection);
            return true;
        }
    }

    /// <summary>Gives the role of <paramref name="generation"/> to a new thread, if its holder is in user code and still has it.</summary>
    internal bool HandOver(int generation)
    {
        var held = Word(generation, inUser: true);
        if (Interlocked.CompareExchange(ref _role, Word(generation + 1, inUser: false), held) != held)
        {
            return false;
        }

        Interlocked.Increment(ref _handOvers);
        var next = new Thread(() => Run(generation + 1))
        {
            IsBackground = true,
            Name = ThreadName,
        };
        next.UnsafeStart();
        return true;
    }

    /// <summary>Called by the overseer on each of its ticks: takes the role from a holder that stays in one continuation.</summary>
    /// <returns>True when something happened here since the last tick.</returns>
    internal bool Oversee()
    {
        var role = Volatile.Read(ref _role);
        var progress = Volatile.Read(ref _progress);
        var drains = Volatile.Read(ref _drains);
        var inUserCode = (role & InUserCode) != 0;
        var active = drains != _observedDrains || inUserCode;
        _stuckTicks = inUserCode && role == _observedRole && progress == _observedProgress ? _stuckTicks + 1 : 0;
        _observedDrains = drains;
        _observedRole = role;
        _observedProgress = progress;
        NoteLook(inUserCode);
        if (_stuckTicks >= BlockedTicks && IsHolderWaiting)
        {
            if (HandOver(role >> 1))
            {
                NoteBlocked();
            }
        }
        else if (_stuckTicks >= RunningTicks)
        {
            HandOver(role >> 1);
        }

        return active;
    }

    /// <summary>A thread-pool worker that helps a long drain; asks for one more helper while there is enough left.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _helping, 0);
        while (_ready.TryTake(out var request))
        {
            if (_ready.Count > 1)
            {
                AskForHelp();
            }

            RunCompletion(request);
        }
    }

    private static int Word(int generation, bool inUser) => (generation << 1) | (inUser ? InUserCode : 0);

    private void Run(int generation)
    {
        Volatile.Write(ref _holder, Thread.CurrentThread);
        ReaderContext.Current = new ReaderContext(this, generation);
        var lost = false;
        try
        {
            lost = ReadUntilLost(generation);
        }
        catch (Exception e)
        {
            _source.BreakAll(e);
            // What was matched before the fault is answered: its callers get their answers.
            _ready.Publish();
            while (_ready.TryTake(out var request))
            {
                ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: false);
            }
        }
        finally
        {
            ReaderContext.Current = null;
            if (!lost)
            {
                _overseer.Remove(this);
            }
        }
    }

    /// <summary>True when the role was taken; false when no connection is left.</summary>
    private bool ReadUntilLost(int generation)
    {
        // After a hand-over: first what the former holder had left, unsent and unfinished.
        FlushDeferred();
        if (!Drain(generation))
        {
            return true;
        }

        FlushDeferred();
        while (_source.Read(likely: _busy))
        {
            var gatherUntil = 0L;
            do
            {
                _ready.Publish();
                if (!Drain(generation))
                {
                    return true;
                }
            }
            while (_busy && IsTimeToGather(ref gatherUntil) && _source.ReadMore());

            FlushDeferred();
        }

        return false;
    }

    private bool Drain(int generation)
    {
        _busy = false;
        if (_ready.IsEmpty)
        {
            return true;
        }

        if (Volatile.Read(ref _poolModeUntil) != 0 && StaysInPoolMode())
        {
            while (_ready.TryTake(out var request))
            {
                ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: false);
            }

            _ready.Forget();
            return true;
        }

        var held = Word(generation, inUser: true);
        _drains++;
        // A full fence: either the overseer sees this drain before it sleeps, or this thread sees that it sleeps.
        Interlocked.Exchange(ref _role, held);
        _overseer.Watch();
        var found = _ready.Count;
        var done = 0;
        var started = 0L;
        while (_ready.TryTake(out var request))
        {
            _progress++;
            RunCompletion(request);
            if (Volatile.Read(ref _role) != held)
            {
                return false;
            }

            if ((++done & (PaceInterval - 1)) == 0)
            {
                KeepPace(ref started);
            }
        }

        if (Interlocked.CompareExchange(ref _role, Word(generation, inUser: false), held) != held)
        {
            return false;
        }

        // Whoever completed them: a drain that needed help was long.
        _busy = found > ManyAnswers;
        _ready.Forget();
        return true;
    }

    /// <summary>Many answers came: more have come meanwhile, and what their continuations send can leave together with what there is.</summary>
    private static bool IsTimeToGather(ref long until)
    {
        var now = Stopwatch.GetTimestamp();
        until = until == 0 ? now + FlushAfter : until;
        return now < until;
    }

    private void KeepPace(ref long started)
    {
        var now = Stopwatch.GetTimestamp();
        if (started == 0)
        {
            started = now;
        }
        else if (now - started > FlushAfter)
        {
            FlushDeferred();
            if (now - started > HelpAfter && _ready.Count > 1)
            {
                AskForHelp();
            }

            started = now;
        }
    }

    private void AskForHelp()
    {
        if (Interlocked.Exchange(ref _helping, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void FlushDeferred()
    {
        while (true)
        {
            CqlConnection connection;
            lock (_deferGate)
            {
                if (_deferred.Count == 0)
                {
                    return;
                }

                connection = _deferred[^1];
                _deferred.RemoveAt(_deferred.Count - 1);
            }

            connection.FlushDeferred();
        }
    }

    private static void RunCompletion(PendingRequest request)
    {
        try
        {
            request.Complete();
        }
        catch (Exception e)
        {
            // A raw continuation threw: as unhandled as it would be on the thread pool, but not on the reader.
            ThreadPool.UnsafeQueueUserWorkItem(static error => error.Throw(), ExceptionDispatchInfo.Capture(e), preferLocal: false);
        }
    }

    private bool IsHolderWaiting => Volatile.Read(ref _holder) is { } holder && (holder.ThreadState & ThreadState.WaitSleepJoin) != 0;

    private void NoteBlocked()
    {
        var now = Environment.TickCount64;
        if (now - _blockedSince > BlockedWindowMilliseconds)
        {
            _blockedSince = now;
            _recentlyBlocked = 0;
        }

        _recentlyBlocked++;
        if (_recentlyBlocked >= BlockedBeforePool)
        {
            Volatile.Write(ref _poolModeUntil, now + PoolModeMilliseconds);
        }
    }

    private void NoteLook(bool atWork)
    {
        _looksAtWork += atWork ? 1 : 0;
        if (++_looks == LooksPerVerdict)
        {
            _source.IsSaturated = _looksAtWork >= SaturatedLooks;
            (_looks, _looksAtWork) = (0, 0);
        }
    }

    private bool StaysInPoolMode()
    {
        if (Environment.TickCount64 < Volatile.Read(ref _poolModeUntil))
        {
            return true;
        }

        Volatile.Write(ref _poolModeUntil, 0);
        return false;
    }
}
