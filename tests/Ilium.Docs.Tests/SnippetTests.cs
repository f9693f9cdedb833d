using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

public sealed class SnippetTests
{
    [Fact]
    public void Every_block_of_code_on_a_page_is_a_snippet_that_runs()
    {
        var sources = SnippetSource.ReadAll();
        if (Environment.GetEnvironmentVariable("ILIUM_WRITE_SNIPPETS") == "1")
        {
            foreach (var page in Repository.Pages)
            {
                File.WriteAllText(page, PageSnippet.Rewrite(Repository.Read(page), sources));
            }
        }

        foreach (var block in PageSnippet.ReadAll())
        {
            Assert.True(block.Name is not null, $"{block.Page}: this block has no '<!-- snippet: name -->' before it:\n{block.Text}");
            Assert.True(sources.TryGetValue(block.Name, out var source), $"{block.Page}: there is no snippet '{block.Name}'.");
            Assert.True(
                source == block.Text,
                $"{block.Page}: '{block.Name}' differs from its source; with ILIUM_WRITE_SNIPPETS=1 this test copies it.\nSource:\n{source}\nPage:\n{block.Text}");
        }
    }

    [Fact]
    public void Every_snippet_is_on_a_page()
    {
        var shown = PageSnippet.ReadAll().Select(block => block.Name).ToHashSet();
        Assert.All(SnippetSource.ReadAll().Keys, name => Assert.Contains(name, shown));
    }
}
