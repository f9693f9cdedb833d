namespace Ilium.Docs.Tests.Checks;

/// <summary>The files that the tests compare with each other.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Snippets { get; } = Path.Combine(Root, "tests", "Ilium.Docs.Tests", "Snippets");

    /// <summary>README.md, CONTRIBUTING.md and every page under docs, decision records excepted: those show what was tried, not what is.</summary>
    internal static IReadOnlyList<string> Pages { get; } =
    [
        Path.Combine(Root, "README.md"),
        Path.Combine(Root, "CONTRIBUTING.md"),
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Where(page => !page.Contains($"{Path.DirectorySeparatorChar}decisions{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    internal static string Page(string name) => Read(Path.Combine(Root, "docs", name));

    internal static string Read(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    internal static string NameOf(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ilium.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Ilium.slnx above {AppContext.BaseDirectory}.");
    }
}
