using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ilium.Generators.Tests;

/// <summary>The generator run over a source, and what came of it.</summary>
internal sealed class GeneratorRun
{
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(CqlRowAttribute).Assembly.Location),
    ];

    private readonly CSharpParseOptions _parsing;
    private GeneratorDriver _driver;
    private CSharpCompilation _compilation;

    internal GeneratorRun(string source, LanguageVersion language = LanguageVersion.CSharp14)
    {
        _parsing = new CSharpParseOptions(language);
        _compilation = CSharpCompilation.Create(
            "Users", [Parse(source)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        _driver = CSharpGeneratorDriver.Create(
            [new MappingGenerator().AsSourceGenerator()], parseOptions: _parsing, driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Run();
    }

    internal GeneratorRunResult Result => _driver.GetRunResult().Results.Single();

    /// <summary>What the generator said.</summary>
    internal ImmutableArray<Diagnostic> Diagnostics => Result.Diagnostics;

    internal ImmutableArray<GeneratedSourceResult> Sources => Result.GeneratedSources;

    /// <summary>What the compiler says about the source with what was generated: nothing may be left of it, not even warnings.</summary>
    internal ImmutableArray<Diagnostic> Complaints { get; private set; }

    internal IncrementalStepRunReason Reason => Result.TrackedSteps[MappingGenerator.ModelStep].Single().Outputs.Single().Reason;

    /// <summary>Each diagnostic as its id, the text it stands at and its message.</summary>
    internal string[] Described => [.. Diagnostics.Select(one => $"{one.Id} at '{TextAt(one.Location)}': {one.GetMessage(null)}")];

    internal void Change(string source)
    {
        _compilation = _compilation.ReplaceSyntaxTree(_compilation.SyntaxTrees.First(), Parse(source));
        Run();
    }

    internal void Add(string source)
    {
        _compilation = _compilation.AddSyntaxTrees(Parse(source, "Other.cs"));
        Run();
    }

    private SyntaxTree Parse(string source, string path = "Source.cs") => CSharpSyntaxTree.ParseText(source, _parsing, path);

    private void Run()
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(_compilation, out var output, out _);
        Complaints = [.. output.GetDiagnostics().Where(one => one.Severity >= DiagnosticSeverity.Warning)];
    }

    private string TextAt(Location location) =>
        _compilation.SyntaxTrees.SingleOrDefault(tree => tree.FilePath == location.GetLineSpan().Path)?.GetText().ToString(location.SourceSpan) ?? "nowhere";
}
