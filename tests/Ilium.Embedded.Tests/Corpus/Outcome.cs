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

    private static string Describe(IReadOnlyList<ColumnDefinition> columns) =>
        string.Join(", ", columns.Select(column => $"{column.Keyspace}.{column.Table}.{column.Name} {column.Type}"));

    private static string Cell(Row row, int column, CorpusMode mode)
    {
        if (row.IsNull(column))
        {
            return "null";
        }

        return mode.HasFlag(CorpusMode.ValuesVary) ? "some" : $"0x{Convert.ToHexStringLower(row.GetBytes(column))}";
    }

    [GeneratedRegex(@"^line -?\d+:-?\d+")]
    private static partial Regex Position();
}
