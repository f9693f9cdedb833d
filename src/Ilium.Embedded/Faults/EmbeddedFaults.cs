using System.Collections.Immutable;

namespace Ilium.Embedded;

/// <summary>The faults of a node, or of all nodes of a cluster. Safe for all threads.</summary>
public sealed class EmbeddedFaults
{
    private readonly Lock _lock = new();
    private readonly EmbeddedFaults? _shared;
    private ImmutableArray<ActiveFault> _active = [];

    internal EmbeddedFaults(EmbeddedFaults? shared = null)
    {
        _shared = shared;
    }

    /// <summary>True while any fault is in force.</summary>
    internal bool Any => !_active.IsEmpty || _shared is { Any: true };

    /// <summary>Puts a fault in force, behind those that are already.</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>The fault in force: how often it met a request, and how to end it.</returns>
    public ActiveFault Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var active = new ActiveFault(this, fault);
        lock (_lock)
        {
            _active = _active.Add(active);
        }

        return active;
    }

    /// <summary>Ends all of them.</summary>
    public void Clear()
    {
        ImmutableArray<ActiveFault> ended;
        lock (_lock)
        {
            (ended, _active) = (_active, []);
        }

        foreach (var active in ended)
        {
            active.End();
        }
    }

    internal void Remove(ActiveFault fault)
    {
        lock (_lock)
        {
            _active = _active.Remove(fault);
        }
    }

    /// <summary>The first fault that meets a request; null for none. Those that only watch count it and leave it to the next.</summary>
    internal ActiveFault? Match(FaultPoint point, string text)
    {
        foreach (var active in _active)
        {
            if (!active.Meets(point, text))
            {
                continue;
            }

            if (active.Fault.Kind != FaultKind.Watch)
            {
                return active;
            }

            active.Happened();
        }

        return _shared?.Match(point, text);
    }
}
