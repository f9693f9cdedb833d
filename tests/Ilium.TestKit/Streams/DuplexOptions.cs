namespace Ilium.TestKit;

/// <summary>How a pair of <see cref="DuplexStream"/>s behaves. The defaults: nothing is bounded, nothing is cut.</summary>
public sealed record DuplexOptions
{
    /// <summary>The most bytes one read of the client end returns: 1 makes every possible split happen.</summary>
    public int ClientMaxBytesPerRead { get; init; } = int.MaxValue;

    /// <summary>The most bytes one read of the server end returns.</summary>
    public int ServerMaxBytesPerRead { get; init; } = int.MaxValue;

    /// <summary>How many unread bytes the client may have written before its writes stall.</summary>
    public int ClientToServerCapacity { get; init; } = int.MaxValue;

    /// <summary>How many unread bytes the server may have written before its writes stall.</summary>
    public int ServerToClientCapacity { get; init; } = int.MaxValue;
}
