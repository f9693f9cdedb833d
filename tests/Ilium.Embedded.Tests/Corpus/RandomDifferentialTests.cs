using CsCheck;

namespace Ilium.Embedded.Tests.Corpus;

/// <summary>Random tables and statements, on a real node and on the embedded one. ILIUM_RANDOM_SCRIPTS says how many tables, ILIUM_RANDOM_SEED which.</summary>
[Collection(DifferentialCollection.Name)]
public class RandomDifferentialTests(DifferentialRing ring)
{
    private const int FixedScripts = 20;

    [Fact]
    public async Task Random_statements_on_random_tables_are_answered_alike()
    {
        var (real, embedded) = await ring.StartedAsync();
        var scripts = Scripts();

        var file = CorpusFile.Of("random_scripts", scripts.SelectMany(script => script));
        var expected = await CorpusRun.OfAsync(real, file, TestContext.Current.CancellationToken);
        var actual = await CorpusRun.OfAsync(embedded, file, TestContext.Current.CancellationToken);

        var differences = string.Join('\n', CorpusRun.DifferencesOf(file, expected, actual));
        Assert.True(differences.Length == 0, differences);
    }

    /// <summary>Each script of its own seed and table; ILIUM_RANDOM_SEED, where given, makes others.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> Scripts()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("ILIUM_RANDOM_SCRIPTS"), out var given) ? given : FixedScripts;
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("ILIUM_RANDOM_SEED"), out var other) ? other : 1;
        return [.. Enumerable.Range(0, count).Select(number => RandomScript.Gen($"r{number}").Generate(new PCG((uint)number + 1, seed), null, out _))];
    }
}
