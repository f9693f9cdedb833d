using System.Globalization;
using System.Text.RegularExpressions;

namespace Ilium.Embedded.Tests.Processes;

/// <summary>The first node of a process, before anything is compiled: docs/embedded.md says what it takes.</summary>
public partial class FirstStartTests
{
    [Fact]
    public async Task The_first_node_of_a_process_starts_at_once()
    {
        var fewest = int.MaxValue;
        var shortest = double.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var (exitCode, lines) = await ProgramRun.RunAsync("dotnet", ["exec", ProgramRun.PathOf("Ilium.EmbeddedProbe")]);

            Assert.Equal(0, exitCode);
            var match = Line().Match(Assert.Single(lines));
            Assert.True(match.Success, lines[0]);
            shortest = Math.Min(shortest, double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture));
            fewest = Math.Min(fewest, int.Parse(match.Groups["methods"].Value, CultureInfo.InvariantCulture));
        }

        // 154 methods when this was written. Compiling is most of the time, and their number is the same on every machine, however busy.
        Assert.InRange(fewest, 1, 250);
        Assert.InRange(shortest, 0, 1000);
    }

    [GeneratedRegex(@"^ms (?<time>[\d.]+) [\d.]+ [\d.]+ methods (?<methods>\d+) \d+ \d+ second [\d.]+ read Jane$")]
    private static partial Regex Line();
}
