using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Ilium.Generators;

/// <summary>Generates, for each type marked <c>[CqlRow]</c> or <c>[CqlUdt]</c>, the code that reads it from rows, or reads it from and writes it to user-defined types.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class MappingGenerator : IIncrementalGenerator
{
    internal const string RowAttribute = "Ilium.CqlRowAttribute";
    internal const string UdtAttribute = "Ilium.CqlUdtAttribute";

    /// <summary>Names of steps, by which tests find them.</summary>
    internal const string ModelStep = "Models";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        Register(context, RowAttribute, ModelStep);
        Register(context, UdtAttribute, "Udt" + ModelStep);
    }

    private static void Register(IncrementalGeneratorInitializationContext context, string attribute, string step)
    {
        var found = context.SyntaxProvider.ForAttributeWithMetadataName(
            attribute,
            static (node, _) => node is TypeDeclarationSyntax,
            (type, cancelled) => MappedTypeReader.Read((INamedTypeSymbol)type.TargetSymbol, (TypeDeclarationSyntax)type.TargetNode, attribute, type.SemanticModel.Compilation, cancelled));

        // Apart from each other: a diagnostic moves with every line above it, the source does not.
        context.RegisterSourceOutput(found.SelectMany(static (one, _) => one.Diagnostics), static (output, diagnostic) => output.ReportDiagnostic(diagnostic.Create()));
        context.RegisterSourceOutput(
            found.Select(static (one, _) => one.Model).Where(static model => model is not null).WithTrackingName(step),
            static (output, model) => output.AddSource(model!.HintName, SourceText.From(MappingWriter.Write(model), Encoding.UTF8)));
    }
}
