namespace Ilium.TestKit;

/// <summary>What befalls a <see cref="ProxyFrame"/>.</summary>
public sealed class FrameFault
{
    private FrameFault(FrameFaultKind kind, int at = 0, Task? until = null)
    {
        Kind = kind;
        At = at;
        Until = until ?? Task.CompletedTask;
    }

    public FrameFaultKind Kind { get; }

    /// <summary>A number of bytes or of a bit.</summary>
    public int At { get; }

    public Task Until { get; }

    /// <summary>It is passed on.</summary>
    public static FrameFault None { get; } = new(FrameFaultKind.None);

    /// <summary>It is passed on, and after it nothing in its direction: the receiver sees an orderly end and may go on sending.</summary>
    public static FrameFault HalfClose { get; } = new(FrameFaultKind.HalfClose);

    /// <summary>So many bytes of it are passed on, then both ends are reset; zero cuts on the boundary before it.</summary>
    public static FrameFault CutAfter(int bytes) => new(FrameFaultKind.Cut, bytes);

    /// <summary>It is passed on with one bit the other way round; bits count from the first byte's lowest.</summary>
    public static FrameFault FlipBit(int bit) => new(FrameFaultKind.Flip, bit);

    /// <summary>It, and what comes behind it, waits.</summary>
    public static FrameFault HoldUntil(Task until) => new(FrameFaultKind.Hold, until: until);
}

/// <summary>Kinds of <see cref="FrameFault"/>.</summary>
public enum FrameFaultKind
{
    None,
    Cut,
    HalfClose,
    Flip,
    Hold,
}
