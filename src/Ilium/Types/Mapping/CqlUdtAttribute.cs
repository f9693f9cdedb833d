namespace Ilium;

/// <summary>
/// Has code generated that reads and writes values of user-defined types as this type, once <see cref="CqlCodec.Udt{T}"/> of it is among <see cref="ClusterOptions.Codecs"/>. The type, and each type
/// around it, must be <c>partial</c>. See docs/mapping.md.
/// </summary>
/// <remarks>Members are fields by name, as those of <see cref="CqlRowAttribute"/> are columns. Fields that no member stands for are skipped when read and null when written.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class CqlUdtAttribute : Attribute;
