namespace Ilium.TestKit;

/// <summary>A door that a reading thread passes when it is open.</summary>
internal sealed class ReadingGate
{
    private readonly object _gate = new();
    private bool _open = true;

    public void Set(bool open)
    {
        lock (_gate)
        {
            _open = open;
            Monitor.PulseAll(_gate);
        }
    }

    public void Wait()
    {
        lock (_gate)
        {
            while (!_open)
            {
                Monitor.Wait(_gate);
            }
        }
    }
}
