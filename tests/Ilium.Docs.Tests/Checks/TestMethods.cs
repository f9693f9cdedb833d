using System.Text.RegularExpressions;

namespace Ilium.Docs.Tests.Checks;

/// <summary>The tests of all projects as <c>Class.Method</c>, read from their sources: their assemblies may not be built.</summary>
internal static partial class TestMethods
{
    internal static HashSet<string> ReadAll() =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Repository.NameOf(file).Split('/').Any(folder => folder is "bin" or "obj"))
            .SelectMany(file => Read(Repository.Read(file)))];

    private static IEnumerable<string> Read(string source)
    {
        var name = "";
        var isTest = false;
        foreach (var line in source.Split('\n'))
        {
            if (Class().Match(line) is { Success: true } type)
            {
                name = type.Groups["name"].Value;
            }
            else if (line.TrimStart().StartsWith("[Fact", StringComparison.Ordinal) || line.TrimStart().StartsWith("[Theory", StringComparison.Ordinal))
            {
                isTest = true;
            }
            else if (isTest && Method().Match(line) is { Success: true } method)
            {
                isTest = false;
                yield return $"{name}.{method.Groups["name"].Value}";
            }
        }
    }

    [GeneratedRegex(@"^\s*(?:public|internal|private) (?:abstract |sealed |static |partial )*class (?<name>\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"^\s*public (?:async |static |unsafe )*(?:Task|ValueTask|void) (?<name>\w+)\(")]
    private static partial Regex Method();
}
