using System.Text.RegularExpressions;

namespace Ilium.Docs.Tests.Checks;

/// <summary>A block of C# on a page, with the name in the comment before it.</summary>
internal sealed partial record PageSnippet(string Page, string? Name, string Text)
{
    internal static IEnumerable<PageSnippet> ReadAll() => Repository.Pages.SelectMany(Read);

    /// <summary>The page with each named block replaced by its source.</summary>
    internal static string Rewrite(string page, IReadOnlyDictionary<string, string> sources) => Block().Replace(
        page,
        block => block.Groups["name"].Success && sources.TryGetValue(block.Groups["name"].Value, out var source)
            ? $"<!-- snippet: {block.Groups["name"].Value} -->\n```csharp\n{source}\n```\n"
            : block.Value);

    private static IEnumerable<PageSnippet> Read(string path) => Block().Matches(Repository.Read(path)).Select(block => new PageSnippet(
        Repository.NameOf(path), block.Groups["name"].Success ? block.Groups["name"].Value : null, block.Groups["text"].Value.TrimEnd('\n')));

    [GeneratedRegex("(?:<!-- snippet: (?<name>[a-z0-9-]+) -->\n)?```csharp\n(?<text>.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Block();
}
