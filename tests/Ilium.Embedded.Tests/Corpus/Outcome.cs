using System.Text.RegularExpressions;

namespace Ilium.Embedded.Tests.Corpus;

/// <summary>
/// What came of a statement, as text: columns with their types and tables, the bytes of each cell, warnings, or the error. Of an error, the code and for a syntax error
/// the position have to be the same on both sides; its words are only shown.
/// </summary>
public sealed partial record Outcome(string Compared, string Words)
{
    public static Outcome Of(RowSet rows, CorpusMode mode)
    {
        var lines = new List<string> { rows.Columns.Count == 0 ? "no columns" : $"columns {Describe(rows.Columns)}" };
        var cells = rows.Select(row => $"  row {string.Join(" | ", Enumerable.Range(0, rows.Columns.Count).Select(column => Cell(row, column, mode)))}");
        lines.AddRange(mode.HasFlag(CorpusMode.AnyOrder) ? cells.Order(StringComparer.Ordinal) : cells);
        if (rows.HasMorePages)
        {
            lines.Add("more pages");
        }

        lines.AddRange(rows.Info.Warnings.Select(warning => $"warning {warning}"));
        return new Outcome(string.Join('\n', lines), "");
    }

    public static Outcome Of(PreparedStatement prepared) =>
        new($"variables {Describe(prepared.Variables)}\nresult {Describe(prepared.ResultColumns)}", "");

    public static Outcome Of(ServerException error)
    {
        var position = error is SyntaxErrorException ? Position().Match(error.ServerMessage).Value : "";
        return new Outcome($"error 0x{error.Code:X4} {position}".TrimEnd(), error.ServerMessage);
    }

    public override string ToString() => Words.Length == 0 ? Compared : $"{Compared}: {Words}";

    /// <summary>Two outcomes one above the other; of long ones, the lines that only one of them has.</summary>
    public static string Difference(Outcome real, Outcome embedded)
    {
        string[] expected = real.ToString().Split('\n');
        string[] actual = embedded.ToString().Split('\n');
        if (expected.Length + actual.Length <= 8)
        {
            return $"real     {real}\nembedded {embedded}";
        }

        var lines = expected.Except(actual).Select(line => $"real     {line}").Concat(actual.Except(expected).Select(line => $"embedded {line}")).ToList();
        if (lines.Count == 0)
        {
            var first = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
            return $"the same lines in another order, from line {first + 1}\nreal     {expected[first]}\nembedded {actual[first]}";
        }

        return string.Join('\n', lines);
    }

    private static string Describe(IReadOnlyList<ColumnDefinition> columns) =>
        string.Join(", ", columns.Select(column => $"{column.Keyspace}.{column.Table}.{column.Name} {column.Type}"));

    private static string Cell(Row row, int column, CorpusMode mode)
    {
        if (row.IsNull(column))
        {
            return "null";
        }

        if (mode.HasFlag(CorpusMode.TextWithoutIds))
        {
            return IdOrMoment().Replace(row.Get<string>(column)!, "…");
        }

        return mode.HasFlag(CorpusMode.ValuesVary) ? "some" : $"0x{Convert.ToHexStringLower(row.GetBytes(column))}";
    }

    [GeneratedRegex(@"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{16}\b")]
    private static partial Regex IdOrMoment();

    [GeneratedRegex(@"^line -?\d+:-?\d+")]
    private static partial Regex Position();
}
