namespace Ilium.Embedded.Tests.Corpus;

/// <summary>The same statements on a real node and on the embedded one: the same answers, except where the corpus says why not.</summary>
[Collection(DifferentialCollection.Name)]
public class DifferentialTests(DifferentialRing ring)
{
    public static TheoryData<string> Files { get; } = [.. CorpusFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_embedded_node_answers_as_a_real_one_does(string name)
    {
        var (real, embedded) = await ring.StartedAsync();
        var file = CorpusFile.Read(name);

        var expected = await CorpusRun.OfAsync(real, file, TestContext.Current.CancellationToken);
        var actual = await CorpusRun.OfAsync(embedded, file, TestContext.Current.CancellationToken);

        Assert.Empty(CorpusRun.DifferencesOf(file, expected, actual));
    }

    [Fact]
    public void The_page_lists_every_known_difference()
    {
        var reasons = CorpusFile.Names.SelectMany(name => CorpusFile.Read(name).Statements).Select(statement => statement.Difference).OfType<string>().Distinct();
        using var page = new StreamReader(typeof(DifferentialTests).Assembly.GetManifestResourceStream("embedded-differences.md")!);

        var listed = page.ReadToEnd().Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..]);

        Assert.Equal(reasons.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_corpus_is_large() => Assert.InRange(CorpusFile.Names.Sum(name => CorpusFile.Read(name).Statements.Count), 2_500, int.MaxValue);
}
