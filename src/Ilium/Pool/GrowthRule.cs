namespace Ilium.Pool;

/// <summary>Says when a pool needs one connection more: when its ids run short, or when its readers never sleep. One look at a time.</summary>
/// <param name="most">The most connections there may be.</param>
/// <param name="processors">Of the machine.</param>
internal sealed class GrowthRule(int most, int processors)
{
    /// <summary>Looks at nothing but busy readers, one after the other, before another connection is opened for CPU.</summary>
    internal const int BusyLooks = 20;

    // More than this share of its ids in use, and a connection is one burst away from refusing requests.
    private const double CrowdedShare = 0.5;

    // One reader keeps about half of two cores busy with its server's share; more readers than half the cores only wait for each other.
    private readonly int _mostForCpu = Math.Max(1, processors / 2);

    private int _busy;
    private long _reads;

    /// <summary>What one connection looks like.</summary>
    /// <param name="InFlight">Its ids in use.</param>
    /// <param name="Most">Its ids.</param>
    /// <param name="IsReaderBusy">True when its reader had more to do when it was done.</param>
    /// <param name="Reads">How often its reader has received something.</param>
    internal readonly record struct Load(int InFlight, int Most, bool IsReaderBusy, long Reads)
    {
        internal bool IsCrowded => InFlight > Most * CrowdedShare;
    }

    /// <summary>True when another connection should be opened.</summary>
    internal bool Look(ReadOnlySpan<Load> connections)
    {
        if (connections.IsEmpty || connections.Length >= most)
        {
            _busy = 0;
            return false;
        }

        var (crowded, busy, reads) = (true, true, 0L);
        foreach (var connection in connections)
        {
            crowded &= connection.IsCrowded;
            busy &= connection.IsReaderBusy;
            reads += connection.Reads;
        }

        // A reader that sleeps since a burst was busy when it last looked, and is not.
        busy &= reads != _reads;
        _reads = reads;
        _busy = busy ? _busy + 1 : 0;
        if (!crowded && (_busy < BusyLooks || connections.Length >= _mostForCpu))
        {
            return false;
        }

        _busy = 0;
        return true;
    }
}
