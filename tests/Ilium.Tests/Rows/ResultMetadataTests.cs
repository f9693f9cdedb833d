using System.Collections.Immutable;
using Ilium.Rows;

namespace Ilium.Tests.Rows;

public class ResultMetadataTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void Names_are_found_exactly_and_with_their_case(int count)
    {
        var metadata = Make([.. Enumerable.Range(0, count).Select(i => $"Col{i}")]);

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i, metadata.IndexOf($"Col{i}"));
        }

        Assert.Equal(-1, metadata.IndexOf("col0"));
        Assert.Equal(-1, metadata.IndexOf("Col"));
        Assert.Equal(-1, metadata.IndexOf(string.Empty));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Of_duplicate_names_the_first_is_found(int others)
    {
        var metadata = Make(["a", "x", "x", .. Enumerable.Range(0, others).Select(i => $"c{i}")]);

        Assert.Equal(1, metadata.IndexOf("x"));
    }

    [Fact]
    public void Empty_has_no_columns_and_no_id()
    {
        Assert.Equal(0, ResultMetadata.Empty.Count);
        Assert.Null(ResultMetadata.Empty.Id);
        Assert.Equal(-1, ResultMetadata.Empty.IndexOf("a"));
    }

    [Fact]
    public void A_column_says_its_name_and_type() => Assert.Equal("a int", Make(["a"])[0].ToString());

    private static ResultMetadata Make(string[] names) =>
        new([.. names.Select((name, i) => new ColumnDefinition("ks", "t", name, CqlType.Int, i))]);
}
