namespace Ilium;

/// <summary>The write was refused because the space for change data capture is full.</summary>
public sealed class CdcWriteFailureException : ServerException
{
    internal CdcWriteFailureException(string message)
        : base(0x1600, message)
    {
    }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
