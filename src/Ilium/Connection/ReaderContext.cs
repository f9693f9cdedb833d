namespace Ilium.Connection;

/// <summary>
/// Says of a thread that it is, or once was, the reader of a connection. While it holds the role, requests that callers' continuations
/// send are gathered and leave together after the last of them.
/// </summary>
internal sealed class ReaderContext(ReaderLoop loop, int generation)
{
    // The only thread-bound state of the driver: it belongs to reader threads, which the driver makes itself.
    [ThreadStatic]
    private static ReaderContext? _current;

    internal static ReaderContext? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Takes over the duty to flush <paramref name="connection"/>; false when this thread is not the reader any more.</summary>
    internal bool TryDefer(CqlConnection connection) => loop.TryDefer(connection, generation);

    /// <summary>Gives the role to another thread, because this one is about to block.</summary>
    internal void Relinquish() => loop.HandOver(generation);
}
