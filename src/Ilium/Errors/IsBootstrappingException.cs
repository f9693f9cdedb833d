namespace Ilium;

/// <summary>The node is still joining the cluster and does not serve reads yet; another one does.</summary>
public sealed class IsBootstrappingException : ServerException
{
    internal IsBootstrappingException(string message)
        : base(0x1002, message)
    {
    }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
