namespace Ilium.Embedded.Storage;

/// <summary>When something was written and when it expires. One object is shared by all that one statement writes. Immutable.</summary>
internal sealed class Stamp(long timestamp, int timeToLive = 0, long expires = 0)
{
    /// <summary>Microseconds since 1970, or what the client said.</summary>
    internal long Timestamp { get; } = timestamp;

    /// <summary>Seconds; 0 for ever.</summary>
    internal int TimeToLive { get; } = timeToLive;

    /// <summary>Seconds since 1970; without meaning where there is no time to live.</summary>
    internal long Expires { get; } = expires;

    internal bool IsExpiring => TimeToLive > 0;

    internal bool IsExpired(long nowSeconds) => IsExpiring && nowSeconds >= Expires;
}
