namespace Ilium.Generators;

/// <summary>All that is generated for one type depends on. No symbols and no syntax: equal models give the same source.</summary>
/// <param name="HintName">The name of the generated file.</param>
/// <param name="Namespace">Empty for none.</param>
/// <param name="Declarations">The types around it and itself, from the outside, as they are declared again: <c>partial record User</c>.</param>
/// <param name="TypeName">Its full name with type parameters.</param>
/// <param name="IsStruct">Whether a reference is needed to change it.</param>
/// <param name="ArgumentCount">How many of the first members are arguments of the constructor.</param>
/// <param name="IsRow">Whether rows are read into it.</param>
/// <param name="IsUdt">Whether it stands for a user-defined type.</param>
/// <param name="HasObsolete">Whether using a member is an error, as <c>[Obsolete]</c> can say.</param>
/// <param name="Members">The arguments of the constructor in order, then the others.</param>
internal sealed record MappedTypeModel(
    string HintName, string Namespace, EquatableArray<string> Declarations, string TypeName, bool IsStruct, int ArgumentCount, bool IsRow, bool IsUdt,
    bool HasObsolete, EquatableArray<MemberModel> Members);

/// <summary>One member of a mapped type.</summary>
/// <param name="Member">Its name in C#.</param>
/// <param name="Name">Its name in CQL; null for an argument that is always its default.</param>
/// <param name="Type">Its full type.</param>
/// <param name="ReadType">The same without the question mark of a nullable value type.</param>
/// <param name="IsNullableValue">Whether there was one.</param>
/// <param name="IsRequired">Whether its column must be there.</param>
/// <param name="IsNullable">Whether it takes null.</param>
/// <param name="HasAnyName">Whether its own name will do as well.</param>
/// <param name="Setting">How it gets its value.</param>
/// <param name="Default">What it is without a column, as C#.</param>
/// <param name="DeclaringType">Where the accessor is.</param>
/// <param name="Source">The property or field that its value is read from, where it is written.</param>
internal sealed record MemberModel(
    string Member, string? Name, string Type, string ReadType, bool IsNullableValue, bool IsRequired, bool IsNullable, bool HasAnyName, MemberSetting Setting,
    string Default, string DeclaringType, string? Source);

/// <summary>How a member gets its value.</summary>
internal enum MemberSetting
{
    Argument,

    /// <summary>An argument whose property C# wants set again, because it is <c>required</c>.</summary>
    ArgumentAndInitializer,

    /// <summary>In the initializer, where it always gets one.</summary>
    Initializer,

    /// <summary>Afterwards, when there is a column.</summary>
    Assignment,

    /// <summary>Afterwards as well, but through its <c>init</c> accessor, which C# only calls in initializers.</summary>
    InitAccessor,
}
