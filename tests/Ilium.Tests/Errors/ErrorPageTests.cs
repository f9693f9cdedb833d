namespace Ilium.Tests.Errors;

/// <summary>The page the exceptions' help links point to.</summary>
public class ErrorPageTests
{
    [Fact]
    public void Every_public_exception_has_its_section()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "errors.md"));
        var exceptions = typeof(CassandraException).Assembly.GetExportedTypes()
            .Where(type => typeof(CassandraException).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => type.Name)
            .ToArray();
        Assert.NotEmpty(exceptions);
        Assert.All(exceptions, name => Assert.Contains($"<a id=\"{name}\"></a>", page, StringComparison.Ordinal));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ilium.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't lie below the repository.");
        }

        return folder.FullName;
    }
}
