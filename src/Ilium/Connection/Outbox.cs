namespace Ilium.Connection;

/// <summary>
/// What a connection has to send. Of two buffers one fills while the other is sent: the first caller to find nobody sending becomes the
/// sender, and whoever comes while it sends has its bytes taken along by the next write.
/// </summary>
/// <remarks>
/// Threads: members that say so need the connection's gate, which is never held while sending; the sender alone touches the buffer it sends.
/// Ownership: both buffers, until the connection has ended and nobody sends any more.
/// </remarks>
internal sealed class Outbox
{
    // A peer that has this much of ours unread gets no more: callers see Busy and the pool looks elsewhere.
    private const int MaxWaitingBytes = 16 * 1024 * 1024;

    private readonly CqlConnection _connection;
    private readonly Transport _transport;
    private readonly Lock _gate;
    private OutgoingBuffer _filling;
    private OutgoingBuffer _sending;
    private int _sentBatch = -1;
    private bool _flushing;
    private bool _flushDeferred;
    private bool _released;

    internal Outbox(CqlConnection connection, ConnectionSetup setup, Lock gate)
    {
        _connection = connection;
        _transport = setup.Transport;
        _gate = gate;
        _filling = setup.CreateOutgoingBuffer();
        _sending = setup.CreateOutgoingBuffer();
    }

    /// <summary>The write that what is appended now will be part of. Under the gate.</summary>
    internal int Batch { get; private set; }

    /// <summary>True while the peer leaves too much unread. Under the gate.</summary>
    internal bool IsFull => _filling.Length > MaxWaitingBytes;

    private bool HasEnded => _connection.BreakReason is not null;

    /// <summary>True when a write was begun, so that the peer may have it. Under the gate.</summary>
    internal bool HasLeft(int batch) => batch <= _sentBatch;

    /// <summary>Copies an envelope. Under the gate.</summary>
    /// <returns>True when the caller has become the sender: it must <see cref="Flush"/> once it has left the gate.</returns>
    internal bool Append(ReadOnlySpan<byte> envelope)
    {
        _filling.Append(envelope);
        if (_flushing || _flushDeferred)
        {
            if (_flushing || ReaderContext.Current is not null)
            {
                return false;
            }
        }
        else if (ReaderContext.Current is { } context && context.TryDefer(_connection))
        {
            _flushDeferred = true;
            return false;
        }

        _flushing = true;
        return true;
    }

    /// <summary>By a reader, after the continuations it ran: sends what they appended.</summary>
    internal void FlushDeferred()
    {
        lock (_gate)
        {
            _flushDeferred = false;
            if (_flushing || _filling.IsEmpty || HasEnded)
            {
                return;
            }

            _flushing = true;
        }

        Flush();
    }

    /// <summary>By the sender: sends until nothing is left, or leaves the rest to a thread that waits for the peer.</summary>
    internal void Flush()
    {
        try
        {
            while (TryBeginSending())
            {
                var bytes = _sending.Seal();
                while (!bytes.IsEmpty)
                {
                    var sent = _transport.TrySend(bytes);
                    if (sent == 0)
                    {
                        FlushElsewhere(bytes.Length);
                        return;
                    }

                    bytes = bytes[sent..];
                }

                _sending.Clear();
            }
        }
        catch (Exception e)
        {
            // Part of a frame may be out: nothing can follow it.
            EndSending(e);
        }
    }

    /// <summary>Gives the buffers back, now or by the sender, once the connection has ended.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            if (!HasEnded || _flushing || _released)
            {
                return;
            }

            _released = true;
        }

        _filling.Dispose();
        _sending.Dispose();
    }

    /// <summary>Takes what has gathered; false, and no longer the sender, when there is nothing.</summary>
    private bool TryBeginSending()
    {
        lock (_gate)
        {
            if (!_filling.IsEmpty && !HasEnded)
            {
                (_filling, _sending) = (_sending, _filling);
                _sentBatch = Batch++;
                return true;
            }

            _flushing = false;
        }

        Release();
        return false;
    }

    private void EndSending(Exception reason)
    {
        _connection.Break(reason);
        lock (_gate)
        {
            _flushing = false;
        }

        Release();
    }

    /// <summary>The peer takes nothing more: a thread of its own waits for it, not the caller.</summary>
    private void FlushElsewhere(int left)
    {
        var thread = new Thread(() => FlushBlocking(left)) { IsBackground = true, Name = $"Ilium writer {_connection.EndPoint}" };
        thread.UnsafeStart();
    }

    private void FlushBlocking(int left)
    {
        try
        {
            var bytes = _sending.Seal();
            bytes = bytes[^left..];
            while (!bytes.IsEmpty)
            {
                _transport.WaitWritable();
                ObjectDisposedException.ThrowIf(HasEnded, _connection);
                bytes = bytes[_transport.TrySend(bytes)..];
            }

            _sending.Clear();
        }
        catch (Exception e)
        {
            EndSending(e);
            return;
        }

        Flush();
    }
}
