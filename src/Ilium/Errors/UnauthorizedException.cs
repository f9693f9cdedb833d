namespace Ilium;

/// <summary>The role that is logged in may not do this.</summary>
public sealed class UnauthorizedException : ServerException
{
    internal UnauthorizedException(string message)
        : base(0x2100, message)
    {
    }
}
