using Ilium.Embedded.Tests.Corpus;

namespace Ilium.Embedded.Tests.Exchanges;

/// <summary>The same requests, byte for byte, to a real node and to the embedded one, in each version of the protocol: the same answers with the same flags.</summary>
[Collection(DifferentialCollection.Name)]
public class ExchangeTests(DifferentialRing ring)
{
    private const string Prefix = "exchanges/";

    public static IReadOnlyList<string> Files { get; } =
    [
        .. typeof(ExchangeTests).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name))
            .Where(name => Environment.GetEnvironmentVariable("ILIUM_CORPUS_FILE") is not { Length: > 0 } only || name == only)
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string, int> Cases { get; } = [.. Files.SelectMany(file => new[] { 3, 4, 5 }.Select(version => (file, version)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Requests_are_answered_as_a_real_node_does(string file, int version)
    {
        var (real, embedded) = await ring.EndPointsAsync();
        var keyspace = $"exchange_{file}_v{version}";
        var steps = StepsOf(file, keyspace);

        var expected = ExchangeRun.Of(real, version, keyspace, steps, TestContext.Current.CancellationToken);
        var actual = ExchangeRun.Of(embedded, version, keyspace, steps, TestContext.Current.CancellationToken);

        var differences = string.Join('\n', steps
            .Select((step, index) => (step, Expected: expected[index], Actual: actual[index]))
            .Where(answered => answered.Expected != ExchangeRun.LeftOut && (answered.Expected.Compared == answered.Actual.Compared) != (answered.step.Difference is null))
            .Select(answered => $"line {answered.step.Line}, {answered.step.Text}:\n{Outcome.Difference(answered.Expected, answered.Actual)}\n"));
        Assert.True(differences.Length == 0, differences);
    }

    /// <summary>The reasons of all known differences.</summary>
    internal static IEnumerable<string> Differences => Files.SelectMany(file => StepsOf(file, file)).Select(step => step.Difference).OfType<string>();

    private static IReadOnlyList<ExchangeStep> StepsOf(string file, string keyspace)
    {
        using var stream = typeof(ExchangeTests).Assembly.GetManifestResourceStream($"{Prefix}{file}.exchange")!;
        using var reader = new StreamReader(stream);
        return [.. ExchangeStep.Parse(reader.ReadToEnd().Replace("$ks", keyspace, StringComparison.Ordinal))];
    }
}
