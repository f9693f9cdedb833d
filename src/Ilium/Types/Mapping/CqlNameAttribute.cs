namespace Ilium;

/// <summary>What a member of a mapped type is called in CQL. No other name is then tried.</summary>
/// <param name="name">The name in its own case, without quotes: <c>created_at</c>, <c>createdAt</c> for a column that CQL writes <c>"createdAt"</c>.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class CqlNameAttribute(string name) : Attribute
{
    /// <summary>The name in its own case, without quotes.</summary>
    public string Name { get; } = name;
}
