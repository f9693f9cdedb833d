using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>
/// One request while it is with a connection: its encoded envelope on the way out, its answer on the way back.
/// </summary>
/// <remarks>
/// What it is: a pooled object with one state word, (version, claimed). Whoever wins <see cref="TryClaim"/> for a version — the reader
/// with the answer, the deadline sweep, a cancellation, a break — alone completes that life of the object; everybody else finds the
/// version gone and does nothing. So a late answer can't reach the next user of the object, and no lock is held while completing.
/// Threads: the owner prepares it; then only the claimer touches it until the owner has the outcome.
/// Ownership: the owner (the execution layer) rents and returns it. A connection keeps a reference in its stream table past that
/// point only as an orphan, which it recognises by the version.
/// </remarks>
internal abstract class PendingRequest : IThreadPoolWorkItem
{
    private const int Claimed = 1;

    // version << 1 | claimed
    private int _state = Claimed;
    private Exception? _failure;

    /// <summary>The encoded request, from the first byte of its header.</summary>
    internal CqlWriter Envelope { get; } = new();

    /// <summary>The current life of this object.</summary>
    internal int Version => Volatile.Read(ref _state) >> 1;

    /// <summary>True when completing runs driver code only, so that the reader need not protect itself from it.</summary>
    internal abstract bool CompletesInline { get; }

    /// <summary>True for what must get through although users' requests have taken all ids: they may be waiting for it.</summary>
    internal virtual bool IsUrgent => false;

    internal bool IsPending => (Volatile.Read(ref _state) & Claimed) == 0;

    /// <summary>The connection that has or had it, and the stream id there; for the claimer and the owner.</summary>
    internal CqlConnection? Connection { get; private set; }

    internal short StreamId { get; private set; }

    /// <summary>The answer's header; valid for the claimer.</summary>
    internal EnvelopeHeader ResponseHeader { get; private set; }

    /// <summary>The answer's body; valid for the claimer until taken.</summary>
    internal PooledBody ResponseBody { get; private set; }

    /// <summary>Starts a new life; versions of former ones are dead from here on.</summary>
    internal void Arm() => Volatile.Write(ref _state, (Version + 1) << 1);

    internal bool TryClaim(int version)
    {
        var pending = version << 1;
        return Interlocked.CompareExchange(ref _state, pending | Claimed, pending) == pending;
    }

    /// <summary>By the connection, under its gate, when it takes the request.</summary>
    internal void Bind(CqlConnection connection, short streamId)
    {
        Connection = connection;
        StreamId = streamId;
    }

    internal void Unbind() => Connection = null;

    /// <summary>Gives up waiting in this life of the object; the stream id becomes an orphan.</summary>
    /// <returns>False when the answer (or another failure) was first.</returns>
    internal bool TryAbandon(int version)
    {
        if (!TryClaim(version))
        {
            return false;
        }

        Connection?.Abandon(this, StreamId, version);
        return true;
    }

    /// <summary>Fails this life with a timeout; by the deadline sweep.</summary>
    /// <returns>False when the answer (or another failure) was first.</returns>
    internal bool TimeOut(int version)
    {
        if (!TryAbandon(version))
        {
            return false;
        }

        FailElsewhere(CreateTimeout());
        return true;
    }

    /// <summary>Completes with a failure, by the claimer; foreign continuations run on the thread pool.</summary>
    internal void FailElsewhere(Exception reason)
    {
        if (CompletesInline)
        {
            Fail(reason);
            return;
        }

        _failure = reason;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            Fail(failure);
        }
        else
        {
            Complete();
        }
    }

    /// <summary>By the reader, after it won the claim.</summary>
    internal void SetResponse(in EnvelopeHeader header, PooledBody body)
    {
        ResponseHeader = header;
        ResponseBody = body;
    }

    internal PooledBody TakeBody()
    {
        var body = ResponseBody;
        ResponseBody = default;
        return body;
    }

    /// <summary>The answer is there; called once, by the claimer, after <see cref="SetResponse"/>.</summary>
    internal abstract void Complete();

    /// <summary>There will be no answer; called once, by the claimer.</summary>
    internal abstract void Fail(Exception reason);

    /// <summary>The exception for a deadline that passed, with what is known about the request.</summary>
    internal abstract Exception CreateTimeout();
}
