namespace Ilium;

/// <summary>The server could not make sense of a request: a fault of the driver, or of a version both sides do not share.</summary>
public sealed class ProtocolErrorException : ServerException
{
    internal ProtocolErrorException(string message)
        : base(0x000A, message)
    {
    }
}
