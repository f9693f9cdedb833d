namespace Ilium.Connection;

/// <summary>The server does not speak the version that was tried; never leaves the driver.</summary>
internal sealed class VersionRefusedException(string message) : Exception(message);
