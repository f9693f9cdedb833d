using System.Net;
using System.Net.Sockets;
using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>One connection to one node, after its handshake.</summary>
/// <remarks>
/// What it is: a stream table, an <see cref="Outbox"/> and a reader, with one gate for the first two. Callers encode on their own thread,
/// then enter the gate for long enough to take an id and copy the bytes. There is no writer thread and no timer.
/// Threads: any, except where a member says otherwise. The gate is never held while sending, completing or calling out.
/// Ownership: the transport, the reader and the outbox, until <see cref="Break"/>, which is the only way out; the first reason wins.
/// </remarks>
internal sealed class CqlConnection : IEnvelopeSink
{
    // An id that is still taken so long after its request gave up has been lost: no server works that long on what nobody waits for.
    private static readonly TimeSpan OldestOrphan = TimeSpan.FromMinutes(5);

    // For the driver's own requests: a statement is prepared, and a heartbeat sent, also while users keep all other ids busy.
    private const int ReservedIds = 128;

    private readonly Lock _gate = new();
    private readonly StreamTable _streams;
    private readonly Transport _transport;
    private readonly Outbox _outbox;
    private readonly FrameReader _frames;
    private readonly ConnectionOwner _owner;
    private readonly List<short> _answered = [];
    private readonly BodyPool _bodies = new();
    private readonly TaskCompletionSource _readerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Set once and for good: from then on somebody may be waiting for each id that comes back.
    private bool _refused;
    private volatile bool _retired;
    private Exception? _broken;
    private bool _broughtMany;
    private long _received;
    private long _reads;

    internal CqlConnection(ConnectionSetup setup, ConnectionOwner owner, Overseer overseer, RequestClock clock)
    {
        _owner = owner;
        _transport = setup.Transport;
        _frames = setup.Frames;
        _streams = new StreamTable(owner.MaxRequests, ReservedIds);
        _outbox = new Outbox(this, setup, _gate);
        Clock = clock;
        Version = setup.Version;
        EndPoint = setup.EndPoint;
        PlainInfo = new ExecutionInfo { Node = setup.EndPoint };
        Supported = setup.Supported;
        Extensions = setup.Extensions;
        SkippedAuthentication = setup.SkippedAuthentication;
        Compressor = setup.EnvelopeCompressor;
        Overseer = overseer;
        overseer.Add(this);
    }

    internal ProtocolVersion Version { get; }

    internal EndPoint EndPoint { get; }

    /// <summary>The address that answered, of those a name may have; null where there is none.</summary>
    internal EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>What deadlines are counted with.</summary>
    internal RequestClock Clock { get; }

    /// <summary>Compresses request bodies in v3 and v4; null where nothing was negotiated, and in v5, which compresses segments.</summary>
    internal EnvelopeCompressor? Compressor { get; }

    /// <summary>What several connections can be waited for by; null where each needs a thread.</summary>
    internal Socket? Socket => _transport.Socket;

    /// <summary>What reads it; null until it is read.</summary>
    internal ReaderLoop? Reader { get; set; }

    /// <summary>What the server said it supports; empty when it was not asked.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Supported { get; }

    internal ServerExtensions Extensions { get; }

    /// <summary>True when credentials were set and the server did not ask for them.</summary>
    internal bool SkippedAuthentication { get; }

    /// <summary>When its pool got it, or the control connection became this one, in ticks of the cluster's clock; 0 before.</summary>
    internal long OpenedAt { get; set; }

    /// <summary>True for one that its pool does not need: its shard has another.</summary>
    internal bool IsSurplus { get; set; }

    internal int InFlight => _streams.InUse;

    internal int MaxInFlight => _owner.MaxRequests;

    /// <summary>The result info of an answer that brought nothing but its result.</summary>
    internal ExecutionInfo PlainInfo { get; }

    /// <summary>True when its reader had more to do when it was done: the last read brought many answers, or less than had come (pages).</summary>
    internal bool IsReaderBusy => BroughtMany || _frames.HasMore;

    /// <summary>True when its last read brought many answers.</summary>
    internal bool BroughtMany => Volatile.Read(ref _broughtMany);

    internal int Orphans => _streams.Orphans;

    /// <summary>False once it takes no more requests: broken, or being replaced.</summary>
    internal bool IsOpen => Volatile.Read(ref _broken) is null && !_retired;

    internal Exception? BreakReason => Volatile.Read(ref _broken);

    internal string ReaderStatus => Reader?.Status ?? "not started";

    internal int HandOvers => Reader?.HandOvers ?? 0;

    internal bool CompletesOnPool => Reader is { CompletesOnPool: true };

    /// <summary>Answers received so far.</summary>
    internal long Received => Volatile.Read(ref _received);

    /// <summary>Reads that have brought bytes so far; heartbeats and pools look whether it moves.</summary>
    internal long Reads => Volatile.Read(ref _reads);

    /// <summary>Ends when the reader's last thread is done with the connection.</summary>
    internal Task ReaderEnded => _readerEnded.Task;

    private Overseer Overseer { get; }

    /// <summary>By the reader: waits for bytes, splits them and frees the ids they answer. False when the connection has ended.</summary>
    internal bool Read(bool likely) => Read(wait: true, likely);

    /// <summary>The same with what is there, perhaps nothing. Where there is a <see cref="Socket"/>.</summary>
    internal bool ReadWhatIsThere() => Read(wait: false, likely: true);

    /// <summary>Takes a stream id for a request whose envelope is encoded, and sends it now or with the others that gather.</summary>
    /// <param name="request">Armed, with its envelope complete but for the stream id.</param>
    /// <param name="deadline">When to give up, in milliseconds of the cluster's clock.</param>
    internal SendOutcome TrySend(PendingRequest request, long deadline)
    {
        lock (_gate)
        {
            if (_broken is not null || _retired)
            {
                return SendOutcome.Closed;
            }

            if (_outbox.IsFull || !_streams.TryTake(request, deadline, _outbox.Batch, out var id))
            {
                _refused = true;
                return SendOutcome.Busy;
            }

            request.Bind(this, id);
            EnvelopeWriter.SetStreamId(request.Envelope.Written(0, EnvelopeHeader.Size), id);
            if (!_outbox.Append(request.Envelope.WrittenSpan))
            {
                return SendOutcome.Sent;
            }
        }

        _outbox.Flush();
        return SendOutcome.Sent;
    }

    /// <summary>By a reader, after the continuations it ran.</summary>
    internal void FlushDeferred() => _outbox.FlushDeferred();

    /// <summary>Notes that the caller of this request has gone; its id stays taken until the answer comes.</summary>
    internal void Abandon(PendingRequest request, short id, int version)
    {
        bool retire;
        lock (_gate)
        {
            _streams.MarkOrphan(id, request, version);
            retire = _streams.Orphans >= _owner.MaxOrphans && !_retired;
            _retired |= retire;
        }

        if (retire)
        {
            _owner.OnRetired(this, $"{Orphans} requests were given up and never answered");
        }
    }

    /// <summary>Asks to be replaced: something about this connection is not as it should be.</summary>
    internal void RetireFor(string reason) => _owner.OnRetired(this, reason);

    /// <summary>Takes no more requests; closes when those in flight are answered.</summary>
    internal void Retire()
    {
        bool idle;
        lock (_gate)
        {
            _retired = true;
            idle = _streams.InUse == _streams.Orphans;
        }

        if (idle)
        {
            Break(new ConnectionRetiredException());
        }
    }

    /// <summary>Fails what is overdue; asks to be replaced when answers have been lost. Called by the upkeep timer.</summary>
    internal void Sweep(long now, List<(PendingRequest Request, int Version, short Id)> overdue)
    {
        int lost;
        bool retire;
        lock (_gate)
        {
            lost = _streams.FindOverdue(now, now - (long)OldestOrphan.TotalMilliseconds, overdue);
            retire = lost > 0 && !_retired;
            _retired |= retire;
        }

        foreach (var (request, version, id) in overdue)
        {
            if (!request.TimeOut(version))
            {
                // Answered just now, or given up before it was bound to this connection: nobody has told of the latter yet.
                Abandon(request, id, version);
            }
        }

        overdue.Clear();
        if (retire)
        {
            _owner.OnRetired(this, $"{lost} requests have not been answered {OldestOrphan} after they were given up");
        }

        if (_retired && InFlight == Orphans)
        {
            Break(new ConnectionRetiredException());
        }
    }

    /// <summary>Ends the connection: closes the transport and fails every request that waits. Idempotent; returns the reason that counted.</summary>
    internal Exception Break(Exception reason)
    {
        var pending = new List<(PendingRequest Request, int Version, bool Left)>();
        lock (_gate)
        {
            if (_broken is not null)
            {
                return _broken;
            }

            _broken = reason;
            for (var id = 0; id < _streams.HighWater; id++)
            {
                ref var slot = ref _streams[id];
                if (slot.Request is { } request && !slot.IsOrphan)
                {
                    pending.Add((request, slot.Version, _outbox.HasLeft(slot.Batch)));
                }
            }
        }

        _transport.Close();
        _outbox.Release();
        foreach (var (request, version, left) in pending)
        {
            if (request.TryClaim(version))
            {
                request.FailElsewhere(new ConnectionClosedException(EndPoint, reason, left));
            }
        }

        _owner.OnBroken(this, reason);
        return reason;
    }

    void IEnvelopeSink.OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body)
    {
        if (Match(header) is { } request)
        {
            Deliver(request, header, PooledBody.Copy(body, _bodies));
        }
        else if (header.StreamId < 0)
        {
            _owner.OnEvent(this, header, body);
        }
    }

    void IEnvelopeSink.OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length)
    {
        var body = new PooledBody(pooledArray, offset, length);
        if (Match(header) is { } request)
        {
            Deliver(request, header, body);
            return;
        }

        if (header.StreamId < 0)
        {
            _owner.OnEvent(this, header, body.Span);
        }

        body.Return();
    }

    private bool Read(bool wait, bool likely)
    {
        try
        {
            if (wait ? _frames.Read(this, likely) : _frames.ReadWhatIsThere(this))
            {
                FreeAnsweredIds();
                return true;
            }

            Break(new EndOfStreamException("The server closed the connection."));
        }
        catch (Exception e)
        {
            Break(e);
        }

        return false;
    }

    /// <summary>The ids whose answers came may be used again.</summary>
    private void FreeAnsweredIds()
    {
        _reads++;
        Volatile.Write(ref _broughtMany, _answered.Count > ReaderLoop.ManyAnswers);
        if (_answered.Count == 0)
        {
            return;
        }

        _received += _answered.Count;
        var freed = _answered.Count;
        bool refused, finished;
        lock (_gate)
        {
            refused = _refused;
            foreach (var id in _answered)
            {
                if (!_streams.TryFree(id))
                {
                    throw new MalformedResponseException($"The server answered stream {id} twice.");
                }
            }

            finished = _retired && _streams.InUse == _streams.Orphans;
        }

        _answered.Clear();
        if (refused)
        {
            _owner.OnCapacity(freed);
        }

        if (finished)
        {
            Break(new ConnectionRetiredException());
        }
    }

    /// <summary>By the last thread that reads it.</summary>
    internal void OnReaderEnded()
    {
        _frames.Dispose();
        Overseer.Remove(this);
        _readerEnded.TrySetResult();
    }

    private PendingRequest? Match(in EnvelopeHeader header)
    {
        int id = header.StreamId;
        if (id < 0)
        {
            if (id != -1 || header.Opcode != Opcode.Event)
            {
                throw new MalformedResponseException($"The server sent {header.Opcode} on stream {id}, which only events may use (as -1).");
            }

            return null;
        }

        if (id >= _streams.HighWater || _streams[id].Request is not { } request)
        {
            throw new MalformedResponseException($"The server answered stream {id}, on which nothing was asked.");
        }

        _answered.Add((short)id);
        // An orphan: the caller has gone, only the id comes back.
        return request.TryClaim(_streams[id].Version) ? request : null;
    }

    private void Deliver(PendingRequest request, in EnvelopeHeader header, PooledBody body)
    {
        request.SetResponse(header, body);
        if (request.CompletesInline)
        {
            request.Complete();
        }
        else
        {
            Reader!.Add(request);
        }
    }
}
