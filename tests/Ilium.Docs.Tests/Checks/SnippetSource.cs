namespace Ilium.Docs.Tests.Checks;

/// <summary>The marked regions of the C# files under Snippets: from <c>// snippet: name</c> to <c>// end</c>, without their indentation.</summary>
internal static class SnippetSource
{
    // Readers have a node on their own machine; the test's has whatever address is free.
    private const string NodeInSource = "TheNode";
    private const string NodeOnPage = "\"127.0.0.1\"";

    // The line after this one is the test's and not the reader's.
    private const string HideNext = "//-";

    internal static IReadOnlyDictionary<string, string> ReadAll()
    {
        var snippets = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(Repository.Snippets, "*.cs"))
        {
            Read(Repository.Read(file).Split('\n'), Repository.NameOf(file), snippets);
        }

        return snippets;
    }

    private static void Read(string[] lines, string file, Dictionary<string, string> snippets)
    {
        string? name = null;
        var region = new List<string>();
        var hidden = false;
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (hidden || text == HideNext)
            {
                hidden = !hidden;
            }
            else if (text.StartsWith("// snippet:", StringComparison.Ordinal))
            {
                Assert.True(name is null, $"{file}: '{text}' begins inside '{name}'.");
                name = text["// snippet:".Length..].Trim();
                region.Clear();
            }
            else if (text == "// end")
            {
                Assert.True(name is not null, $"{file}: '// end' without a beginning.");
                Assert.True(snippets.TryAdd(name, Outdent(region)), $"{file}: there are two snippets '{name}'.");
                name = null;
            }
            else if (name is not null)
            {
                region.Add(line);
            }
        }

        Assert.True(name is null, $"{file}: snippet '{name}' has no end.");
    }

    private static string Outdent(List<string> lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var text = string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : ""));
        return text.Trim('\n').Replace(NodeInSource, NodeOnPage, StringComparison.Ordinal);
    }
}
