namespace Ilium.Execution;

/// <summary>An attempt that is made beside those under way, because they take long: the first answer of any of them counts.</summary>
/// <remarks>Ownership: its request's, which is not used again once it has one; both are collected.</remarks>
internal sealed class HedgeAttempt : Attempt
{
    internal HedgeAttempt(ClientRequest request)
        : base(request)
    {
        Consistency = request.Consistency;
    }

    internal override bool CompletesInline => Request.CompletesInline;
}
