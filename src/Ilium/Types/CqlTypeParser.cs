namespace Ilium.Types;

/// <summary>Draft until the parser arrives.</summary>
internal static class CqlTypeParser
{
    internal static CqlType FromClassName(string name) => new CqlCustomType(name);
}
