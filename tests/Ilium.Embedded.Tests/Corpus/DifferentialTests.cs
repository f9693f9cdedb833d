using Ilium.Embedded.Tests.Exchanges;

namespace Ilium.Embedded.Tests.Corpus;

/// <summary>The same statements on a real node and on the embedded one: the same answers, except where the corpus says why not.</summary>
[Collection(DifferentialCollection.Name)]
public class DifferentialTests(DifferentialRing ring)
{
    /// <summary>All files of the corpus; ILIUM_CORPUS_FILE, where given, names the only one to be run.</summary>
    public static TheoryData<string> Files { get; } =
        [.. CorpusFile.Names.Where(name => Environment.GetEnvironmentVariable("ILIUM_CORPUS_FILE") is not { Length: > 0 } only || name == only)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_embedded_node_answers_as_a_real_one_does(string name)
    {
        var (real, embedded) = await ring.StartedAsync();
        var file = CorpusFile.Read(name);

        var expected = await CorpusRun.OfAsync(real, file, TestContext.Current.CancellationToken);
        var actual = await CorpusRun.OfAsync(embedded, file, TestContext.Current.CancellationToken);

        var differences = string.Join('\n', CorpusRun.DifferencesOf(file, expected, actual));
        Assert.True(differences.Length == 0, differences);
    }

    [Fact]
    public void The_page_lists_every_known_difference()
    {
        var reasons = CorpusFile.Names.SelectMany(name => CorpusFile.Read(name).Statements).Select(statement => statement.Difference).OfType<string>()
            .Concat(ExchangeTests.Differences).Distinct();
        using var page = new StreamReader(typeof(DifferentialTests).Assembly.GetManifestResourceStream("embedded-differences.md")!);

        var listed = page.ReadToEnd().Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..]);

        Assert.Equal(reasons.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_corpus_is_large() => Assert.InRange(CorpusFile.Names.Sum(name => CorpusFile.Read(name).Statements.Count), 3_000, int.MaxValue);
}
