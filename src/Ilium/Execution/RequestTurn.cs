namespace Ilium.Execution;

/// <summary>Where a request is with the <see cref="RequestThrottle"/>.</summary>
internal enum RequestTurn
{
    /// <summary>Not concerned, or no more.</summary>
    None = 0,

    /// <summary>In the queue.</summary>
    Waiting = 1,

    /// <summary>Under way; its end makes room.</summary>
    Taken = 2,

    /// <summary>Its time was up before its turn.</summary>
    Missed = 3,
}
