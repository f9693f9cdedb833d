namespace Ilium.Tests.Errors;

/// <summary>The page the exceptions' help links point to.</summary>
public class ErrorPageTests
{
    [Fact]
    public void Every_public_exception_has_its_section()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "errors.md"));
        var exceptions = typeof(CassandraException).Assembly.GetExportedTypes()
            .Where(type => typeof(CassandraException).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => type.Name)
            .ToArray();
        Assert.NotEmpty(exceptions);
        Assert.All(exceptions, name => Assert.Contains($"<a id=\"{name}\"></a>", page, StringComparison.Ordinal));
    }
}
