using System.Text.RegularExpressions;

namespace Ilium.Tests.Architecture;

/// <summary>Rules about the driver's source that the compiler can't keep.</summary>
public partial class SourceTests
{
    // Top to bottom; Errors and Diagnostics are used by all.
    private static readonly string[] Layers =
        ["Execution", "Statements", "Routing", "Topology", "Pool", "Connection", "Protocol", "Rows", "Types", "Buffers"];

    // They await for users, who may go on anywhere, or await a user's code.
    private static readonly string[] MayAwaitAnywhere = ["PagedRows.cs", "ManyStatements.cs", "PlainTextAuthenticator.cs"];

    [Fact]
    public void A_folder_uses_only_those_below_it()
    {
        var wrong = new List<string>();
        for (var layer = 0; layer < Layers.Length; layer++)
        {
            var above = Layers[..layer];
            foreach (var (name, text) in Sources(Layers[layer]))
            {
                wrong.AddRange(UsingLine().Matches(text).Select(match => match.Groups[1].Value).Where(above.Contains).Select(used => $"{Layers[layer]}/{name} uses {used}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Driver_code_awaits_inline_so_that_it_never_needs_a_thread_of_the_pool()
    {
        // ConfigureAwait(false) may go on by way of the pool, every thread of which may be blocked in a synchronous verb: use Inline().
        var wrong = Layers.SelectMany(Sources)
            .Where(source => !MayAwaitAnywhere.Contains(source.Name))
            .SelectMany(source => source.Text.Split('\n').Where(line => line.Contains(".ConfigureAwait(", StringComparison.Ordinal)).Select(line => $"{source.Name}: {line.Trim()}"))
            .Where(line => !line.Contains("await _overseer.Ended", StringComparison.Ordinal));
        Assert.Empty(wrong);
    }

    private static IEnumerable<(string Name, string Text)> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src", "Ilium", folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path.GetFileName(path), File.ReadAllText(path)));

    [GeneratedRegex(@"^using (?:static )?Ilium\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
