namespace Ilium;

/// <summary>Gives writes their timestamps, by which Cassandra tells which of two writes to a cell is the later.</summary>
public abstract class TimestampGenerator
{
    /// <summary>Gives none: the coordinator's clock decides. Writes sent one after another to different nodes may then be ordered the other way.</summary>
    public static TimestampGenerator ServerSide { get; } = new Execution.ServerTimestamps();

    /// <summary>The timestamp of the next request; the same one serves all its attempts. Called by any thread, by several at once.</summary>
    /// <returns>Microseconds since 1970, or null for the server's clock.</returns>
    public abstract long? Next();
}
