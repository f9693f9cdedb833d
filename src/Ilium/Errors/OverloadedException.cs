namespace Ilium;

/// <summary>The node is too busy to take the request; it did not begin it. Send less, or later.</summary>
public sealed class OverloadedException : ServerException
{
    internal OverloadedException(string message)
        : base(0x1001, message)
    {
    }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
