using System.Diagnostics;
using System.Net;
using System.Threading.Tasks.Sources;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>
/// One request of a user, from its statement to its rows: what the user awaits, or blocks on.
/// </summary>
/// <remarks>
/// What it is: a pooled <see cref="PendingRequest"/> that is also the source of the <see cref="ValueTask{T}"/> handed out. It is sent once
/// per attempt, one after another; the rare attempt that needs more than sending again goes through <see cref="RequestExecutor"/>.
/// Threads: the caller until it is sent; the claimer of an attempt until it is sent again or finished; the awaiter for the result.
/// Ownership: the executor's pool. Taking the result returns it, unless somebody besides the awaiter may still hold it (a cancellation, a
/// timeout, a repair): such a request, and one whose result is never taken, is collected.
/// </remarks>
internal sealed partial class ClientRequest : Attempt, IValueTaskSource<RowSet>
{
    // Of _finished; 0 while the request is under way.
    private const int Done = 1;
    private const int Taken = 2;

    // Of _schedule; 0 while nothing is due.
    private const int Scheduled = 1;
    private const int Acting = 2;

    private readonly ManualResetEventSlim _done = new(false, spinCount: 0);
    private ManualResetValueTaskSourceCore<RowSet> _source;
    private CancellationTokenRegistration _cancellation;
    private RowSet? _result;
    private Exception? _error;
    private bool _synchronous;
    private int _finished;
    private int _retries;
    private AttemptInfo[] _attempts = [];
    private bool _shared;
    private volatile bool _completed;
    private HedgeAttempt[] _hedges = [];
    private Exception? _lastFailure;
    private int _running;
    private int _schedule;
    private long _due = long.MaxValue;
    private int _turn;
    private PreparedStatement[] _askedAbout = [];
    private RequestSettings _settings;

    internal ClientRequest(RequestExecutor executor)
        : base(null)
    {
        Executor = executor;
    }

    internal RequestExecutor Executor { get; }

    internal Statement Statement { get; private set; } = null!;

    internal Session Session { get; private set; } = null!;

    internal ref readonly RequestSettings Settings => ref _settings;

    /// <summary>True once it is known which nodes it tries: all attempts go through the same ones, in the same order.</summary>
    internal bool IsPlanned { get; private set; }

    /// <summary>What one of the driver's own policies makes the order from.</summary>
    internal ulong Seed { get; private set; } = (ulong)Random.Shared.NextInt64();

    /// <summary>The nodes that a user's policy, or the call, has named; null otherwise.</summary>
    internal IReadOnlyList<Node>? NamedNodes { get; private set; }

    /// <summary>In milliseconds of the cluster's clock.</summary>
    internal long Deadline { get; private set; }

    internal long Started { get; private set; }

    /// <summary>Times a retry policy had it sent again.</summary>
    internal int Retries => Volatile.Read(ref _retries);

    /// <summary>Whether doing it twice is the same as once: as the caller says, else for reads.</summary>
    internal bool IsIdempotent => Settings.IsIdempotent ?? Statement.IsRead;

    /// <summary>The timestamp of the write, for all attempts; null until it is asked for, and for the server's clock.</summary>
    internal long? Timestamp { get; set; }

    internal bool HasTimestamp { get; set; }

    /// <summary>For a speculative execution policy that learns; 0 where there is none.</summary>
    internal long LatencyStarted { get; set; }

    /// <summary>For the duration metric; 0 while nobody listens.</summary>
    internal long StartedTicks { get; set; }

    internal Activity? Activity { get; set; }

    /// <summary>What was prepared for this request, by text: a batch may hold more statements than the cache does.</summary>
    internal Dictionary<string, PreparedStatement>? Kept { get; private set; }

    /// <summary>What was tried so far and did not bring the answer, in order; empty as long as the first attempt is under way.</summary>
    internal IReadOnlyList<AttemptInfo> Attempts => Volatile.Read(ref _attempts);

    internal short Token => _source.Version;

    internal CancellationToken Cancellation { get; private set; }

    internal override bool CompletesInline => _synchronous;

    /// <summary>Statements that a node has been asked about for this request: once is enough, however often their tables change.</summary>
    internal bool HasAskedAbout(PreparedStatement statement) => Array.IndexOf(_askedAbout, statement) >= 0;

    internal void AskedAbout(PreparedStatement statement) => _askedAbout = [.. _askedAbout, statement];

    internal void Keep(PreparedStatement statement) => Kept = new Dictionary<string, PreparedStatement>(Kept ?? []) { [statement.Cql] = statement };

    /// <summary>Says that others than the awaiter hold this object from here on: it will not be used again.</summary>
    internal void Share() => _shared = true;

    internal bool IsFinished => Volatile.Read(ref _finished) != 0;

    internal void Begin(Session session, Statement statement, in RequestSettings settings, bool synchronous, long now, CancellationToken token)
    {
        Session = session;
        Statement = statement;
        _settings = settings;
        Started = now;
        Since = now;
        Consistency = settings.Consistency;
        Deadline = settings.Timeout == long.MaxValue ? long.MaxValue : now + settings.Timeout;
        _synchronous = synchronous;
        _finished = 0;
        _running = 1;
        Cancellation = token;
        if (token.CanBeCanceled)
        {
            _cancellation = token.UnsafeRegister(static state => ((ClientRequest)state!).Cancel(), this);
        }
    }

    /// <summary>Another seed than this object has had: no state that threads share is touched, and a plan mixes it.</summary>
    internal ulong NextSeed() => Seed + 1;

    /// <summary>By whoever sends it for the first time.</summary>
    internal void SetPlan(ulong seed, IReadOnlyList<Node>? named)
    {
        Seed = seed;
        NamedNodes = named;
        IsPlanned = true;
    }

    /// <summary>Notes how an attempt went that did not bring the answer.</summary>
    internal void AddAttempt(Attempt attempt, string outcome, CassandraException? error = null)
    {
        var now = Executor.Clock.Now;
        var info = new AttemptInfo(attempt.Connection?.EndPoint, TimeSpan.FromMilliseconds(now - attempt.Since), outcome) { Error = error };
        attempt.Since = now;
        AttemptInfo[] known;
        do
        {
            known = _attempts;
        }
        while (Interlocked.CompareExchange(ref _attempts, [.. known, info], known) != known);
    }

    /// <summary>Counts a retry.</summary>
    /// <returns>The number of this one, from 1.</returns>
    internal int CountRetry() => Interlocked.Increment(ref _retries);

    /// <summary>Whether an attempt has been, or is, with a node.</summary>
    internal bool HasAsked(EndPoint node)
    {
        foreach (var attempt in AllAttempts)
        {
            if (attempt.Connection is { } connection && connection.EndPoint.Equals(node))
            {
                return true;
            }
        }

        return Attempts.Any(attempt => node.Equals(attempt.Node));
    }

    /// <summary>The request itself and what was begun beside it.</summary>
    internal IEnumerable<Attempt> AllAttempts => [this, .. Volatile.Read(ref _hedges)];

    /// <summary>True once it was sent to a second node beside the first.</summary>
    internal bool HasHedges => Volatile.Read(ref _hedges).Length > 0;

    /// <summary>What the latest attempt that ended while others went on ended with.</summary>
    internal Exception? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>Where it is with the throttle.</summary>
    internal RequestTurn Turn
    {
        get => (RequestTurn)Volatile.Read(ref _turn);
        set => Volatile.Write(ref _turn, (int)value);
    }

    /// <summary>True for the one who lets a waiting request go (<see cref="RequestTurn.Taken"/>), or takes it out of the queue (<see cref="RequestTurn.Missed"/>).</summary>
    internal bool TryEndWaiting(RequestTurn turn) => Interlocked.CompareExchange(ref _turn, (int)turn, (int)RequestTurn.Waiting) == (int)RequestTurn.Waiting;

    /// <summary>Says that it needs no turn any more; returns what it had.</summary>
    internal RequestTurn EndTurn() => (RequestTurn)Interlocked.Exchange(ref _turn, (int)RequestTurn.None);

    /// <summary>Counts one more attempt as under way.</summary>
    /// <returns>False when all are over, and with them the request.</returns>
    internal bool TryBeginAttempt()
    {
        while (true)
        {
            var running = Volatile.Read(ref _running);
            if (running == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running)
            {
                return true;
            }
        }
    }

    /// <summary>Says that an attempt has failed for good, or (null) that it was not made after all.</summary>
    /// <returns>True when the request is over: no other attempt is under way, or all of them would fail alike.</returns>
    internal bool EndAttempt(Exception? reason)
    {
        if (reason is not null)
        {
            if (reason is OperationTimedOutException or not CassandraException { IsTransient: true })
            {
                return true;
            }

            Volatile.Write(ref _lastFailure, reason);
        }

        return Interlocked.Decrement(ref _running) == 0;
    }

    /// <summary>By the one who acts on the request: another attempt, not sent yet.</summary>
    internal void Add(HedgeAttempt hedge) => Volatile.Write(ref _hedges, [.. _hedges, hedge]);

    /// <summary>Has <see cref="RequestExecutor.OnDue"/> called at a time, in place of any other that was set; never for <see cref="long.MaxValue"/>.</summary>
    /// <param name="due">The time.</param>
    /// <param name="scheduled">False where somebody else looks after those whose callers do not look themselves.</param>
    internal void ActAt(long due, bool scheduled = true)
    {
        Volatile.Write(ref _due, due);
        if (due == long.MaxValue)
        {
            return;
        }

        Volatile.Write(ref _schedule, Scheduled);
        if (scheduled)
        {
            Executor.Schedule.Add(this, due);
        }

        if (_synchronous)
        {
            // Its caller looks how long it may sleep.
            _done.Set();
        }
    }

    /// <summary>Does what is due. The schedule may be late and speak of a former life of this object.</summary>
    internal void TryAct()
    {
        if (Interlocked.CompareExchange(ref _schedule, Acting, Scheduled) != Scheduled)
        {
            return;
        }

        // From here to the end this object is not recycled.
        if (Volatile.Read(ref _due) > Executor.Clock.Now)
        {
            Volatile.Write(ref _schedule, Scheduled);
            return;
        }

        Volatile.Write(ref _due, long.MaxValue);
        Executor.OnDue(this);
        Interlocked.CompareExchange(ref _schedule, 0, Acting);
    }

    /// <summary>Gives up an attempt that was sent although another one has brought the answer meanwhile.</summary>
    internal void AbandonIfFinished(Attempt attempt)
    {
        if (IsFinished)
        {
            attempt.TryAbandon(attempt.Version);
        }
    }
}
