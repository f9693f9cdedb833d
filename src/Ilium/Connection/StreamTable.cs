namespace Ilium.Connection;

/// <summary>
/// Stream ids of one connection and who waits for the answer on each.
/// </summary>
/// <remarks>
/// What it is: a dense array of slots and a ring of free ids. Ids rotate: one that was just freed is used again only after
/// <see cref="Quarantine"/> others, so that a duplicate answer finds an empty slot and not somebody else's request (R2).
/// Threads: every member that changes it needs the connection's gate; <see cref="this"/> may be read by the reader without it, for an id
/// whose answer has just arrived, since such a slot does not change until the reader itself frees it.
/// Ownership: a slot holds its request until the answer comes, the connection ends or the request is given up. The id of one that was given
/// up (an orphan) stays taken until its answer comes, but what it was for is let go.
/// </remarks>
internal sealed class StreamTable
{
    /// <summary>Ids 0 to 32,767 are the client's (native protocol §2.3).</summary>
    internal const int MaxIds = 32_768;

    private const int Quarantine = 512;
    private const int InitialSlots = 256;

    private readonly int _limit;
    private readonly int _ordinary;
    private readonly PendingRequest _orphan = new OrphanRequest();
    private Slot[] _slots = new Slot[InitialSlots];
    private ushort[] _free = new ushort[InitialSlots];
    private int _freeHead;
    private int _freeCount;
    private int _fresh;

    /// <param name="limit">Ids for requests.</param>
    /// <param name="reserved">Ids beyond those for urgent ones; where all ids are asked for, they are taken from them.</param>
    internal StreamTable(int limit = MaxIds, int reserved = 0)
    {
        _limit = Math.Clamp(limit + reserved, 1, MaxIds);
        _ordinary = Math.Max(1, _limit - reserved);
    }

    /// <summary>Requests that occupy an id, orphans among them.</summary>
    internal int InUse => _fresh - _freeCount;

    /// <summary>Ids whose request has given up; they stay taken until their answer comes.</summary>
    internal int Orphans { get; private set; }

    /// <summary>Every id ever used is below this.</summary>
    internal int HighWater => _fresh;

    internal bool IsFull => InUse >= _ordinary;

    internal ref Slot this[int id] => ref Volatile.Read(ref _slots)[id];

    internal bool TryTake(PendingRequest request, long deadline, int batch, out short id)
    {
        if (InUse >= _ordinary && !request.IsUrgent)
        {
            id = -1;
            return false;
        }

        int taken;
        if (_freeCount > Quarantine || (_fresh == _limit && _freeCount > 0))
        {
            taken = _free[_freeHead];
            _freeHead = (_freeHead + 1) & (_free.Length - 1);
            _freeCount--;
        }
        else if (_fresh < _limit)
        {
            if (_fresh == _slots.Length)
            {
                Grow();
            }

            taken = _fresh++;
        }
        else
        {
            id = -1;
            return false;
        }

        _slots[taken] = new Slot(request, request.Version, deadline, batch);
        id = (short)taken;
        return true;
    }

    /// <summary>True when an answer may arrive on this id.</summary>
    internal bool IsTaken(int id) => (uint)id < (uint)_fresh && _slots[id].Request is not null;

    /// <summary>Gives an id back; false when it was free already (two answers on one id).</summary>
    internal bool TryFree(int id)
    {
        ref var slot = ref _slots[id];
        if (slot.Request is null)
        {
            return false;
        }

        if (slot.IsOrphan)
        {
            Orphans--;
        }

        slot = default;
        _free[(_freeHead + _freeCount) & (_free.Length - 1)] = (ushort)id;
        _freeCount++;
        return true;
    }

    /// <summary>Notes that nobody waits on this id any more.</summary>
    internal void MarkOrphan(int id, PendingRequest request, int version)
    {
        ref var slot = ref _slots[id];
        if (ReferenceEquals(slot.Request, request) && slot.Version == version)
        {
            // The reader may be looking at this slot: whichever request it finds, that one can't be claimed any more.
            slot.Request = _orphan;
            slot.IsOrphan = true;
            Orphans++;
        }
    }

    /// <summary>Collects the requests that have missed their deadline.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lostBefore">An orphan whose deadline was then has been lost.</param>
    /// <param name="overdue">Where they go.</param>
    /// <returns>How many answers have been lost.</returns>
    internal int FindOverdue(long now, long lostBefore, List<(PendingRequest Request, int Version, short Id)> overdue)
    {
        var lost = 0;
        for (var id = 0; id < _fresh; id++)
        {
            ref var slot = ref _slots[id];
            if (slot.Request is not { } request || slot.Deadline > now)
            {
                continue;
            }

            if (!slot.IsOrphan)
            {
                overdue.Add((request, slot.Version, (short)id));
            }
            else if (slot.Deadline <= lostBefore)
            {
                lost++;
            }
        }

        return lost;
    }

    private void Grow()
    {
        var size = _slots.Length * 2;
        var slots = new Slot[size];
        _slots.CopyTo(slots, 0);
        var free = new ushort[size];
        for (var i = 0; i < _freeCount; i++)
        {
            free[i] = _free[(_freeHead + i) & (_free.Length - 1)];
        }

        _free = free;
        _freeHead = 0;
        Volatile.Write(ref _slots, slots);
    }

    /// <summary>One id in use.</summary>
    internal struct Slot(PendingRequest request, int version, long deadline, int batch)
    {
        internal PendingRequest? Request = request;

        /// <summary>The life of <see cref="Request"/> this id belongs to; the object may serve another request by now.</summary>
        internal readonly int Version = version;

        /// <summary>When the request gives up, in <see cref="TimeProvider"/> ticks.</summary>
        internal readonly long Deadline = deadline;

        /// <summary>The outgoing batch its bytes are in, to tell on a break whether they had left.</summary>
        internal readonly int Batch = batch;

        internal bool IsOrphan;
    }
}
