namespace Ilium.Embedded.Tests.Exchanges;

public enum ExchangeVerb
{
    Query,
    Prepare,
    Execute,
    Batch,
}

/// <summary>One request of an exchange, as its file has it.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Text">The whole line.</param>
/// <param name="Verb">Which message is sent.</param>
/// <param name="Subject">The name of the prepared statement, or the kind of the batch; "" for a query.</param>
/// <param name="Options">What comes before the colon, by name; "" for an option without a value.</param>
/// <param name="Body">What comes behind it: text, values or the statements of a batch.</param>
/// <param name="Difference">Why the embedded node is known to answer differently; null where it has to answer the same.</param>
public sealed record ExchangeStep(
    int Line, string Text, ExchangeVerb Verb, string Subject, IReadOnlyDictionary<string, string> Options, string Body, string? Difference)
{
    private const string DifferencePrefix = "--@ differs: ";

    /// <summary>The steps of a file; lines that begin with <c>--</c> are comments.</summary>
    public static IEnumerable<ExchangeStep> Parse(string file)
    {
        var number = 0;
        string? difference = null;
        foreach (var line in file.Split('\n'))
        {
            number++;
            if (line.StartsWith(DifferencePrefix, StringComparison.Ordinal))
            {
                difference = line[DifferencePrefix.Length..];
            }
            else if (line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal))
            {
                yield return ParseLine(number, line, difference);
                difference = null;
            }
        }
    }

    private static ExchangeStep ParseLine(int number, string line, string? difference)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var words = colon < 0 ? throw new FormatException($"Line {number} has no colon.") : line[..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var verb = words[0] switch
        {
            "query" => ExchangeVerb.Query,
            "prepare" => ExchangeVerb.Prepare,
            "execute" => ExchangeVerb.Execute,
            "batch" => ExchangeVerb.Batch,
            _ => throw new FormatException($"Line {number}: what is {words[0]}?"),
        };
        var first = verb == ExchangeVerb.Query ? 1 : 2;
        var options = words.Skip(first).Select(word => word.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal);
        return new ExchangeStep(number, line, verb, first == 2 ? words[1] : "", options, line[(colon + 1)..].Trim(), difference);
    }
}
