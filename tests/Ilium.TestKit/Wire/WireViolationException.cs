namespace Ilium.TestKit;

/// <summary>What the other side sent breaks the protocol.</summary>
public sealed class WireViolationException(string message) : Exception(message);
