namespace Ilium.Connection;

/// <summary>What became of an attempt to send.</summary>
internal enum SendOutcome
{
    /// <summary>The connection has it: the request will be completed, with an answer or a failure.</summary>
    Sent,

    /// <summary>All stream ids are taken or the peer is not reading; nothing was done.</summary>
    Busy,

    /// <summary>The connection is closed or being replaced; nothing was done.</summary>
    Closed,
}
