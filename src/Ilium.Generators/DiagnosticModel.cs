using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Ilium.Generators;

/// <summary>A diagnostic without the syntax tree that a <see cref="Location"/> would keep.</summary>
internal sealed record DiagnosticModel(DiagnosticDescriptor Rule, string FilePath, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    internal static DiagnosticModel At(Location? location, DiagnosticDescriptor rule, params string[] arguments) => new(
        rule, location?.SourceTree?.FilePath ?? "", location?.SourceSpan ?? default, location?.GetLineSpan().Span ?? default, new([.. arguments]));

    internal Diagnostic Create() => Diagnostic.Create(
        Rule, FilePath.Length == 0 ? Location.None : Location.Create(FilePath, Span, Lines), [.. Arguments]);
}
