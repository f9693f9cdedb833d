namespace Ilium.Pool;

/// <summary>How long to wait before the next attempt: twice as long each time up to a bound, less up to a quarter at random, so that clients
/// that lost a node together don't come back together. Not for several threads at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _attempts;

    internal TimeSpan Next()
    {
        var factor = Math.Pow(2, Math.Min(_attempts++, 30));
        var delay = Math.Min(first.TotalMilliseconds * factor, longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay * (1 - (0.25 * random.NextDouble())));
    }

    internal void Reset() => _attempts = 0;
}
