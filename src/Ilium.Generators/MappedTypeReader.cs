using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ilium.Generators;

/// <summary>What was found out about a marked type: a model when code can be generated, else diagnostics.</summary>
internal sealed record MappedTypeResult(MappedTypeModel? Model, EquatableArray<DiagnosticModel> Diagnostics);

/// <summary>Makes the model of one marked type from its symbol.</summary>
internal sealed class MappedTypeReader
{
    private readonly INamedTypeSymbol _type;
    private readonly TypeDeclarationSyntax _declaration;
    private readonly Compilation _compilation;
    private readonly ImmutableArray<DiagnosticModel>.Builder _diagnostics = ImmutableArray.CreateBuilder<DiagnosticModel>();
    private readonly MemberFinder _members;
    private readonly bool _isRow;
    private readonly bool _isUdt;

    private MappedTypeReader(INamedTypeSymbol type, TypeDeclarationSyntax declaration, Compilation compilation)
    {
        _type = type;
        _declaration = declaration;
        _compilation = compilation;
        _isRow = MemberFinder.Has(type, MappingGenerator.RowAttribute);
        _isUdt = MemberFinder.Has(type, MappingGenerator.UdtAttribute);
        _members = new MemberFinder(type, compilation, _isUdt, Report);
    }

    internal static MappedTypeResult Read(INamedTypeSymbol type, TypeDeclarationSyntax declaration, string attribute, Compilation compilation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = new MappedTypeReader(type, declaration, compilation);
        if ((reader._isRow && attribute != MappingGenerator.RowAttribute) || !reader.IsFirst(attribute))
        {
            // Generated once: with both, and where two parts of a type have the attribute, of which the compiler complains.
            return new(null, default);
        }

        var model = reader.ReadModel();
        return new(reader._diagnostics.Count == 0 ? model : null, new(reader._diagnostics.ToImmutable()));
    }

    private bool IsFirst(string attribute) =>
        MemberFinder.Find(_type, attribute)?.ApplicationSyntaxReference is not { } first || (first.SyntaxTree == _declaration.SyntaxTree && _declaration.Span.Contains(first.Span));

    private MappedTypeModel? ReadModel()
    {
        for (var type = _type; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
            {
                Report(_type, Rules.FileLocal, type.Name);
                return null;
            }
        }

        if (_compilation is CSharpCompilation { LanguageVersion: < LanguageVersion.CSharp11 and var language })
        {
            Report(_type, Rules.Language, _type.Name, language.ToDisplayString());
            return null;
        }

        RequirePartial();
        if (Constructors.Choose(_type, out var why) is not { } constructor)
        {
            Report(_type, Rules.NotCreatable, _type.Name, why);
            return null;
        }

        var members = _members.Find(constructor);
        if (members.Count == 0 && _diagnostics.Count == 0)
        {
            Report(_type, Rules.NoMembers, _type.Name);
        }

        return new MappedTypeModel(
            HintName(),
            _type.ContainingNamespace.IsGlobalNamespace ? "" : _type.ContainingNamespace.ToDisplayString(NamespaceFormat),
            new([.. Declarations()]),
            _type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            _type.IsValueType,
            constructor.Parameters.Length,
            _isRow,
            _isUdt,
            _members.HasObsolete,
            new([.. members]));
    }

    private static SymbolDisplayFormat NamespaceFormat { get; } = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces, miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private void RequirePartial()
    {
        for (SyntaxNode? node = _declaration; node is TypeDeclarationSyntax declaration; node = node.Parent)
        {
            if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                _diagnostics.Add(DiagnosticModel.At(declaration.Identifier.GetLocation(), Rules.NotPartial, declaration.Identifier.ValueText, _type.Name));
            }
        }
    }

    private string HintName()
    {
        var name = _type.MetadataName;
        for (var outer = _type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "." + name;
        }

        return HintNames.Of(_type.ContainingNamespace.IsGlobalNamespace ? name : _type.ContainingNamespace.ToDisplayString().Replace("@", "") + "." + name);
    }

    private IEnumerable<string> Declarations()
    {
        var types = new Stack<INamedTypeSymbol>();
        for (var type = _type; type is not null; type = type.ContainingType)
        {
            types.Push(type);
        }

        foreach (var type in types)
        {
            var kind = type switch
            {
                { IsRecord: true, IsValueType: true } => "record struct",
                { IsRecord: true } => "record",
                { IsValueType: true } => "struct",
                { TypeKind: TypeKind.Interface } => "interface",
                _ => "class",
            };
            var parameters = type.TypeParameters.Length > 0 ? $"<{string.Join(", ", type.TypeParameters.Select(parameter => MappingWriter.Escape(parameter.Name)))}>" : "";
            yield return $"partial {kind} {MappingWriter.Escape(type.Name)}{parameters}";
        }
    }

    private void Report(ISymbol symbol, DiagnosticDescriptor rule, params string[] arguments)
    {
        // A member of a base class in another assembly has no place of its own.
        var location = SymbolEqualityComparer.Default.Equals(symbol, _type)
            ? _declaration.Identifier.GetLocation()
            : symbol.Locations.FirstOrDefault(one => one.IsInSource) ?? _declaration.Identifier.GetLocation();
        _diagnostics.Add(DiagnosticModel.At(location, rule, arguments));
    }
}
