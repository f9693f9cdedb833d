namespace Ilium.Embedded;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>The request is run; its answer leaves <see cref="Fault.Duration"/> later, by the node's clock. Later requests overtake it.</summary>
    Delay,

    /// <summary>The request is run and never answered.</summary>
    NeverAnswer,

    /// <summary>The request is run; half of its answer is sent, then the connection is closed.</summary>
    DropInFrame,

    /// <summary>The request is run; the checksum of the segment with its answer is wrong (v5), or the answer's last byte is (v3, v4).</summary>
    CorruptSegment,

    /// <summary>The request is run; its answer leaves right behind the connection's next one.</summary>
    OutOfOrder,

    /// <summary>The request is run; the connection is closed instead of an answer.</summary>
    CloseConnection,

    /// <summary>The request is not run: the node has forgotten the prepared statement and says so. Only where one is executed.</summary>
    Unprepared,

    /// <summary>The request is answered with the error <see cref="Fault.ErrorCode"/> and not run, unless <see cref="Fault.Applies"/> is set.</summary>
    Error,

    /// <summary>The request is run; its answer waits until <see cref="ActiveFault.Release"/> lets it go. Later requests overtake it.</summary>
    Hold,

    /// <summary>Nothing: the request is counted, and left to the faults added later.</summary>
    Watch,
}
