namespace Ilium;

/// <summary>A TRUNCATE failed on some replica; it may have been carried out on others.</summary>
public sealed class TruncateException : ServerException
{
    internal TruncateException(string message)
        : base(0x1003, message)
    {
    }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;

    /// <summary>True: the server may have got as far as applying it.</summary>
    public override bool MayHaveBeenApplied => true;
}
