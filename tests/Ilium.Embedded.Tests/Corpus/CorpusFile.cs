namespace Ilium.Embedded.Tests.Corpus;

/// <summary>
/// A file of statements about one feature, run in a keyspace named after it. One statement is one line. Lines that begin with <c>--</c> are comments, and those
/// with <c>--@</c> say how the next statement is run: <c>prepare</c>, <c>values vary</c>, <c>any order</c>, <c>text without ids</c>, or <c>differs: why</c>.
/// </summary>
public sealed class CorpusFile
{
    private const string Prefix = "corpus/";

    private CorpusFile(string name, IReadOnlyList<CorpusStatement> statements)
    {
        Name = name;
        Statements = statements;
    }

    /// <summary>The names of all files, without their ending.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(CorpusFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name))
            .Order(StringComparer.Ordinal),
    ];

    public string Name { get; }

    public IReadOnlyList<CorpusStatement> Statements { get; }

    public static CorpusFile Read(string name)
    {
        using var stream = typeof(CorpusFile).Assembly.GetManifestResourceStream($"{Prefix}{name}.cql")!;
        using var reader = new StreamReader(stream);
        return new CorpusFile(name, [.. Parse(reader.ReadToEnd())]);
    }

    /// <summary>Statements that are not from a file.</summary>
    public static CorpusFile Of(string name, IEnumerable<string> statements) =>
        new(name, [.. statements.Select((cql, index) => new CorpusStatement(index + 1, cql, CorpusMode.Execute, null))]);

    private static IEnumerable<CorpusStatement> Parse(string text)
    {
        var mode = CorpusMode.Execute;
        string? difference = null;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith("--@ differs: ", StringComparison.Ordinal))
            {
                difference = line["--@ differs: ".Length..];
            }
            else if (line.StartsWith("--@ ", StringComparison.Ordinal))
            {
                mode |= line["--@ ".Length..] switch
                {
                    "prepare" => CorpusMode.Prepare,
                    "values vary" => CorpusMode.ValuesVary,
                    "any order" => CorpusMode.AnyOrder,
                    "text without ids" => CorpusMode.TextWithoutIds,
                    var other => throw new FormatException($"Line {number}: what is {other}?"),
                };
            }
            else if (line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))
            {
                yield return new CorpusStatement(number, line, mode, difference);
                mode = CorpusMode.Execute;
                difference = null;
            }
        }
    }
}
