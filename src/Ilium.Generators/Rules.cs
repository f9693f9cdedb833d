using Microsoft.CodeAnalysis;

namespace Ilium.Generators;

/// <summary>What can be wrong with a mapped type. docs/mapping.md has a line on each.</summary>
internal static class Rules
{
    internal static readonly DiagnosticDescriptor NotPartial = Error(
        "ILIUM001", "A mapped type must be partial", "'{0}' must be partial for code to be generated into '{1}'");

    internal static readonly DiagnosticDescriptor FileLocal = Error(
        "ILIUM002", "A mapped type can't be local to its file", "'{0}' is local to its file, where no code can be generated; remove the modifier 'file'");

    internal static readonly DiagnosticDescriptor NotCreatable = Error(
        "ILIUM003", "A mapped type must be one that can be created", "'{0}' can't be created from a row: {1}");

    internal static readonly DiagnosticDescriptor SameName = Error(
        "ILIUM004", "Two members can't have one name in CQL", "'{0}' and '{1}' of '{2}' are both '{3}' in CQL; give one another name with [CqlName], or leave it out with [CqlIgnore]");

    internal static readonly DiagnosticDescriptor UnsupportedType = Error(
        "ILIUM005", "A member's type can't hold a CQL value", "'{0}' of '{1}' is of type '{2}', which can't hold a CQL value; leave it out with [CqlIgnore]");

    internal static readonly DiagnosticDescriptor NotSettable = Error(
        "ILIUM006", "A member with a name in CQL must be one that can be set", "'{0}' of '{1}' can't be set from there; give it a set or init accessor, or remove [CqlName]");

    internal static readonly DiagnosticDescriptor EmptyName = Error(
        "ILIUM007", "A name in CQL can't be empty", "'{0}' of '{1}' has an empty name in CQL");

    internal static readonly DiagnosticDescriptor NeededIgnored = Error(
        "ILIUM008", "A member that is needed can't be ignored", "'{0}' of '{1}' is needed to create it and can't be ignored; {2}");

    internal static readonly DiagnosticDescriptor NoMembers = Error(
        "ILIUM009", "A mapped type must have members", "'{0}' has nothing to map: neither parameters of its constructor, nor public properties that can be set, nor public fields");

    internal static readonly DiagnosticDescriptor NotReadable = Error(
        "ILIUM010", "A member that is written must be one that can be read", "'{0}' of '{1}' can't be read back to be written: give it a property of its name and type with a getter");

    internal static readonly DiagnosticDescriptor Language = Error(
        "ILIUM011", "A mapped type needs C# 11", "'{0}' can't be mapped in C# {1}, which has no static members of interfaces: set LangVersion to 11 or more, or leave it out");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, "Ilium.Mapping", DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: $"docs/mapping.md#{id.ToLowerInvariant()}");
}
