namespace Ilium;

/// <summary>The node does not know a prepared statement. The driver prepares again by itself; this shows only when a node keeps forgetting.</summary>
public sealed class UnpreparedException : ServerException
{
    internal UnpreparedException(string message, ReadOnlyMemory<byte> id)
        : base(0x2500, message)
    {
        Id = id;
    }

    /// <summary>The prepared id the node does not know.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
