namespace Ilium;

/// <summary>The server refused the credentials, or asked for some where none were set.</summary>
public sealed class AuthenticationFailedException : ServerException
{
    internal AuthenticationFailedException(string message)
        : base(0x0100, message)
    {
    }
}
