namespace Ilium;

/// <summary>Leaves a member of a mapped type alone: it is neither read nor written.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class CqlIgnoreAttribute : Attribute;
