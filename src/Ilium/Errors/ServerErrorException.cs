namespace Ilium;

/// <summary>Something went wrong inside the server, or it sent an error code this driver does not know; <see cref="ServerException.Code"/> tells which.</summary>
public sealed class ServerErrorException : ServerException
{
    internal ServerErrorException(int code, string message)
        : base(code, message)
    {
    }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;

    /// <summary>True: the server may have got as far as applying it.</summary>
    public override bool MayHaveBeenApplied => true;
}
