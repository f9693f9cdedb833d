namespace Ilium.Topology;

/// <summary>What routing looks at to spare a node: whether it is stuck in its work, and whether it has only just come up.</summary>
/// <remarks>Threads: one looks now and then (<see cref="Look"/>), any may read: two flags, so that a plan costs no clock.</remarks>
internal sealed class NodeHealth
{
    // A node is busy that has this much to do and has, over two looks, answered less than two requests.
    internal const int MuchInFlight = 10;
    private const int FewAnswers = 2;

    /// <summary>A node that came up so recently has cold caches, and hears from its peers what it missed.</summary>
    internal static readonly TimeSpan NewFor = TimeSpan.FromMinutes(1);

    private volatile bool _isBusy;
    private volatile bool _isNew;
    private volatile bool _cameUp;
    private long _newUntil;
    private Sample _before;
    private Sample _beforeThat;

    internal bool IsBusy => _isBusy;

    internal bool IsNew => _isNew;

    /// <summary>True for a node that requests may go around.</summary>
    internal bool IsSpared => _isBusy || _isNew;

    internal void CameUp()
    {
        _cameUp = true;
        _isNew = true;
    }

    /// <summary>By one thread at a time, every 100 ms or so.</summary>
    /// <param name="now">In milliseconds of the cluster's clock.</param>
    /// <param name="inFlight">Requests that wait for their answers.</param>
    /// <param name="received">Answers so far.</param>
    internal void Look(long now, int inFlight, long received)
    {
        if (_cameUp)
        {
            _cameUp = false;
            _newUntil = now + (long)NewFor.TotalMilliseconds;
        }
        else if (_isNew && now >= _newUntil)
        {
            _isNew = false;
        }

        // Requests that were begun since do not make it busy; and a connection that was replaced takes its count along.
        var answers = received - _beforeThat.Received;
        _isBusy = inFlight >= MuchInFlight && _before.InFlight >= MuchInFlight && _beforeThat.InFlight >= MuchInFlight && answers is >= 0 and < FewAnswers;
        _beforeThat = _before;
        _before = new Sample(inFlight, received);
    }

    private readonly record struct Sample(int InFlight, long Received);
}
