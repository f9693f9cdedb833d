namespace Ilium.Connection;

/// <summary>One connection with a thread to itself: its transport (TLS, a stream) cannot say that bytes are there without waiting for them.</summary>
internal sealed class BlockingSource(CqlConnection connection) : ReadSource
{
    private bool _ended;

    internal override bool Read(bool likely)
    {
        if (_ended)
        {
            connection.OnReaderEnded();
            return false;
        }

        // An end is told once what was matched before it has been delivered.
        _ended = !connection.Read(likely);
        return true;
    }

    internal override void BreakAll(Exception reason)
    {
        connection.Break(reason);
        connection.OnReaderEnded();
    }
}
