namespace Ilium.Embedded;

/// <summary>A fault in force. Disposing it ends it. Safe for all threads.</summary>
public sealed class ActiveFault : IDisposable
{
    private readonly EmbeddedFaults _owner;
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly Queue<Action> _held = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _candidates;
    private int _met;
    private int _happened;
    private bool _ended;

    internal ActiveFault(EmbeddedFaults owner, Fault fault)
    {
        _owner = owner;
        Fault = fault;
        _random = new Random(fault.Seed);
    }

    /// <summary>What was added.</summary>
    public Fault Fault { get; }

    /// <summary>How many requests it has met so far.</summary>
    public int Met => Volatile.Read(ref _met);

    /// <summary>How many answers of <see cref="FaultKind.Hold"/> wait to be released.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Waits until it has met so many requests, and what was to happen to them has happened; for a test that goes on from there.</summary>
    /// <param name="count">How many requests, from the beginning.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task WaitAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_happened >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets answers go that <see cref="FaultKind.Hold"/> keeps back, the oldest first; later ones are held on.</summary>
    /// <param name="count">How many; all of those held now where it is more.</param>
    public void Release(int count = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (; count > 0; count--)
        {
            Action? send;
            lock (_lock)
            {
                if (!_held.TryDequeue(out send))
                {
                    return;
                }
            }

            send();
        }
    }

    /// <summary>Ends the fault. Answers it delays still leave when their time has come; those it holds leave now.</summary>
    public void Dispose()
    {
        End();
        _owner.Remove(this);
    }

    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
        }

        Release();
    }

    internal bool Meets(FaultPoint point, string text)
    {
        if ((Fault.Point & point) == 0 || (Fault.Statement is { } part && !text.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        lock (_lock)
        {
            if (_met >= Fault.Times || _candidates++ < Fault.After || (Fault.Probability < 1 && _random.NextDouble() >= Fault.Probability))
            {
                return false;
            }

            _met++;
            return true;
        }
    }

    /// <summary>Keeps an answer; sends it at once when the fault has ended meanwhile.</summary>
    internal void Hold(Action send)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _held.Enqueue(send);
                return;
            }
        }

        send();
    }

    /// <summary>What was to happen to a request that was met has happened.</summary>
    internal void Happened()
    {
        lock (_lock)
        {
            _happened++;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_happened >= _waiting[i].Count)
                {
                    _waiting[i].Reached.SetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }
}
