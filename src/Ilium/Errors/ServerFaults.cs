namespace Ilium;

/// <summary>
/// The server failed in a way it did not foresee (0x0000), or with a code that Ilium does not know;
/// <see cref="ServerException.Code"/> says which.
/// </summary>
public sealed class ServerErrorException : ServerException
{
    internal const int ErrorCode = 0x0000;

    internal ServerErrorException(int code, string serverMessage)
        : base(code, serverMessage, code == ErrorCode ? null : $"Error 0x{code:X4}, which this driver has no name for.")
    {
    }

    /// <summary>True for 0x0000, which another node may not run into; false for unknown codes.</summary>
    public override bool IsTransient => Code == ErrorCode;

    /// <summary>True: nobody knows how far the server came.</summary>
    public override bool MayHaveBeenApplied => true;
}

/// <summary>
/// The driver and the server disagree about the protocol (0x000A): a bug of either, or a version the server does not speak.
/// </summary>
public sealed class ProtocolErrorException : ServerException
{
    internal const int ErrorCode = 0x000A;

    internal ProtocolErrorException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }
}

/// <summary>The coordinator sheds load (0x1001). Send the request to another node, or later.</summary>
public sealed class OverloadedException : ServerException
{
    internal const int ErrorCode = 0x1001;

    internal OverloadedException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }

    /// <summary>True.</summary>
    public override bool IsTransient => true;

    /// <summary>
    /// True: most often the request was turned away at the door, but a coordinator with too many hints in flight answers the same after it
    /// has sent the write to some replicas, and the two can't be told apart.
    /// </summary>
    public override bool MayHaveBeenApplied => true;
}

/// <summary>The coordinator is still joining the cluster (0x1002). Another node will do.</summary>
public sealed class IsBootstrappingException : ServerException
{
    internal const int ErrorCode = 0x1002;

    internal IsBootstrappingException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }

    /// <summary>True.</summary>
    public override bool IsTransient => true;
}

/// <summary>A TRUNCATE did not finish on all nodes (0x1003), most often because one is down.</summary>
public sealed class TruncateException : ServerException
{
    internal const int ErrorCode = 0x1003;

    internal TruncateException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }

    /// <summary>True.</summary>
    public override bool IsTransient => true;

    /// <summary>True: some nodes may have truncated their part.</summary>
    public override bool MayHaveBeenApplied => true;
}
