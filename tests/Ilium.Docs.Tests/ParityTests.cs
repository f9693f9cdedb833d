using System.Text.RegularExpressions;
using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

public sealed partial class ParityTests
{
    private static readonly (string Prefix, int First, int Last)[] Ranges =
    [
        ("CN", 1, 40), ("CC", 1, 20), ("WB", 1, 22), ("AU", 1, 11), ("TL", 1, 7), ("AS", 1, 7), ("PR", 1, 34), ("CL", 1, 5), ("TS", 1, 4), ("ST", 1, 19), ("BA", 1, 7), ("PG", 1, 12),
        ("RQ", 1, 18), ("RQ", 20, 21), ("LB", 1, 10), ("RT", 1, 9), ("SE", 1, 2), ("RC", 1, 2), ("CV", 1, 1), ("AT", 1, 3), ("EV", 1, 4), ("TR", 1, 5), ("WN", 1, 2),
        ("TY", 1, 40), ("UT", 1, 7), ("OM", 1, 29), ("MD", 1, 26), ("CE", 1, 10), ("G", 1, 8), ("G", 10, 19), ("G", 20, 32), ("G", 40, 50), ("G", 60, 66),
    ];

    [Fact]
    public void Every_row_and_trap_is_listed_once()
    {
        var expected = Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1).Select(number => $"{range.Prefix}-{number:00}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows().Select(row => row.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_done_names_a_test_and_what_is_not_says_why()
    {
        var tests = TestMethods.ReadAll();
        Assert.All(Rows(), row =>
        {
            switch (row.State)
            {
                case "done":
                    Assert.StartsWith("`", row.Reason, StringComparison.Ordinal);
                    break;
                case "not needed":
                    Assert.NotEqual("", row.Reason);
                    break;
                default:
                    Assert.Matches(@"^planned \((Ilium [123]|later)\)$", row.State);
                    break;
            }

            Assert.All(TestName().Matches(row.Reason), name => Assert.Contains(name.Groups["name"].Value, tests));
        });
    }

    [Fact]
    public void Every_feature_names_a_test_that_exists()
    {
        var tests = TestMethods.ReadAll();
        var rows = Repository.Page("features.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.Contains("---", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("| Feature", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var names = TestName().Matches(row);
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Contains(name.Groups["name"].Value, tests));
        });
    }

    private static IEnumerable<(string Id, string State, string Reason)> Rows() =>
        from match in Row().Matches(Repository.Page("parity-python.md"))
        select (match.Groups["id"].Value, match.Groups["state"].Value.Trim(), match.Groups["reason"].Value.Trim());

    [GeneratedRegex(@"^\| (?<id>[A-Z]+-\d+) \| [^|]+ \|(?<state>[^|]+)\|(?<reason>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>[A-Z]\w+\.[A-Z]\w+_\w+)`")]
    private static partial Regex TestName();
}
