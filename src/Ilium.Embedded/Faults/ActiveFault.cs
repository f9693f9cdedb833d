namespace Ilium.Embedded;

/// <summary>A fault in force. Disposing it ends it. Safe for all threads.</summary>
public sealed class ActiveFault : IDisposable
{
    private readonly EmbeddedFaults _owner;
    private readonly Lock _lock = new();
    private readonly Random _random;
    private int _candidates;
    private int _met;

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

    /// <summary>Ends the fault; answers it holds back still leave when their time has come.</summary>
    public void Dispose() => _owner.Remove(this);

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
}
