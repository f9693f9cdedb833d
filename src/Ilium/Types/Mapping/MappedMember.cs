namespace Ilium.Types;

/// <summary>One member of a mapped type. Immutable.</summary>
internal abstract class MappedMember(string member, string name, MemberRules rules)
{
    internal string Member { get; } = member;

    internal string Name { get; } = name;

    internal bool IsRequired { get; } = (rules & MemberRules.Required) != 0;

    internal bool IsNullable { get; } = (rules & MemberRules.Nullable) != 0;

    internal bool GoesByAnyName { get; } = (rules & MemberRules.AnyName) != 0;

    internal abstract Type ClrType { get; }

    /// <exception cref="InvalidTypeException">The types don't go together.</exception>
    internal abstract Codec FindCodec(CodecRegistry registry, CqlType type);
}

/// <inheritdoc/>
internal sealed class MappedMember<T>(string member, string name, MemberRules rules) : MappedMember(member, name, rules)
{
    internal override Type ClrType => typeof(T);

    internal override Codec FindCodec(CodecRegistry registry, CqlType type) => registry.Get<T>(type);
}
