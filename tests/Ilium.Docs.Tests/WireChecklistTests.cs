using System.Text.RegularExpressions;
using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

public sealed partial class WireChecklistTests
{
    [Theory]
    [InlineData("wire-checklist.md", 60)]
    [InlineData("faults.md", 45)]
    public void Every_line_names_tests_that_exist_or_says_why_there_is_none(string page, int atLeast)
    {
        var tests = TestMethods.ReadAll();
        var rows = Repository.Page(page).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Where(line => !line.EndsWith("| Shown by |", StringComparison.Ordinal))
            .ToArray();
        Assert.True(rows.Length > atLeast, $"{rows.Length} lines");
        Assert.All(rows, row =>
        {
            var shown = row.Split('|')[2].Trim();
            if (Reason().IsMatch(shown))
            {
                return;
            }

            // Nothing but names, so that a misspelt one is not taken for prose.
            Assert.All(shown.Split(' '), name => Assert.Contains(name.Trim('`'), tests));
        });
    }

    [GeneratedRegex(@"^\*(?:Open|Outside):\* \w+")]
    private static partial Regex Reason();
}
