namespace Ilium.Connection;

/// <summary>The reason of a connection that was closed on purpose, after its last answer.</summary>
internal sealed class ConnectionRetiredException() : Exception("The connection was closed after its last answer.");
