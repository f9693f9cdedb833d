using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;
using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

public sealed partial class PageTests
{
    private static string Decisions => Path.Combine(Repository.Root, "docs", "decisions");

    [Fact]
    public void Links_between_files_lead_somewhere()
    {
        var broken =
            from page in Repository.Pages.Concat(Directory.EnumerateFiles(Decisions, "*.md"))
            from link in Link().Matches(Repository.Read(page))
            let target = link.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            let path = Path.Combine(Path.GetDirectoryName(page)!, target)
            where !File.Exists(path) && !Directory.Exists(path)
            select $"{Repository.NameOf(page)} -> {target}";
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData(typeof(ClusterOptions), "connecting.md")]
    [InlineData(typeof(TcpOptions), "connecting.md")]
    [InlineData(typeof(Ilium.Extensions.CassandraOptions), "hosting.md")]
    [InlineData(typeof(TlsOptions), "tls-and-auth.md")]
    [InlineData(typeof(SchemaOptions), "metadata.md")]
    [InlineData(typeof(ExecutionOptions), "statements.md")]
    [InlineData(typeof(ExecuteManyOptions), "statements.md")]
    [InlineData(typeof(ExecutionProfile), "profiles.md")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Tests are not trimmed.")]
    public void Every_option_is_on_its_page(Type options, string page)
    {
        var text = Repository.Page(page);
        var names = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
        Assert.All(names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_log_id_and_instrument_is_on_the_page_about_them()
    {
        var text = Repository.Page("observability.md");
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Ilium", "Diagnostics"), "*.cs")
            .Append(Path.Combine(Repository.Root, "src", "Ilium.Extensions", "Log.cs")).Select(Repository.Read).ToArray();
        var ids = sources.SelectMany(source => LogId().Matches(source)).Select(match => $"| {match.Groups["id"].Value} | {match.Groups["level"].Value} |").ToArray();
        var instruments = sources.SelectMany(source => Instrument().Matches(source)).Select(match => $"`{match.Groups["name"].Value}`").ToArray();
        Assert.NotEmpty(ids);
        Assert.NotEmpty(instruments);
        Assert.All(ids.Concat(instruments), name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_decision_record_is_in_their_index()
    {
        var records = Directory.EnumerateFiles(Decisions, "*.md").Select(path => Path.GetFileName(path)).Where(name => name != "README.md").Order(StringComparer.Ordinal);
        var listed = Link().Matches(Repository.Read(Path.Combine(Decisions, "README.md"))).Select(match => match.Groups["target"].Value);
        Assert.Equal(records, listed);
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[LoggerMessage\((?<id>\d+), LogLevel\.(?<level>\w+)")]
    private static partial Regex LogId();

    [GeneratedRegex(@"meter\.Create\w+<\w+>\(\s*""(?<name>[^""]+)""")]
    private static partial Regex Instrument();
}
