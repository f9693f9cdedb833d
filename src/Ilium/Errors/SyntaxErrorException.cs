namespace Ilium;

/// <summary>The text is not CQL; the message says where it stops being CQL.</summary>
public sealed class SyntaxErrorException : ServerException
{
    internal SyntaxErrorException(string message)
        : base(0x2000, message)
    {
    }
}
