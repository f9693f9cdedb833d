namespace Ilium;

/// <summary>The statement asks for something the server's configuration forbids.</summary>
public sealed class ConfigurationErrorException : ServerException
{
    internal ConfigurationErrorException(string message)
        : base(0x2300, message)
    {
    }
}
