namespace Ilium.Connection;

/// <summary>What a reader reads: one connection whose transport blocks it, or the sockets of several.</summary>
/// <remarks>Threads: the holder of the reader's role, except where a member says otherwise.</remarks>
internal abstract class ReadSource
{
    private volatile bool _saturated;

    /// <summary>True when its reader was found at work most of the time. Set by the overseer; any thread may look.</summary>
    internal bool IsSaturated
    {
        get => _saturated;
        set => _saturated = value;
    }

    /// <summary>
    /// Waits for bytes, splits them and frees the ids they answer. What was matched is queued at the reader, also when a connection ended meanwhile.
    /// </summary>
    /// <param name="likely">True when bytes are probably there already.</param>
    /// <returns>False when there is nothing left to read: every connection has ended.</returns>
    internal abstract bool Read(bool likely);

    /// <summary>
    /// The same with what is there already, where the last read found something on more than one connection; false when nothing was there. What comes on one comes together.
    /// </summary>
    internal virtual bool ReadMore() => false;

    /// <summary>Ends every connection: the reader has a fault of its own.</summary>
    internal abstract void BreakAll(Exception reason);
}
