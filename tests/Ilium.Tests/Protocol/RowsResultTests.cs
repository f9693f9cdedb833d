using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class RowsResultTests
{
    [Fact]
    public void With_a_global_table_spec_columns_are_name_and_type()
    {
        var (rows, next) = Read("00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D 0000002A");

        Assert.Equal(42, next);
        Assert.Equal(2, rows.ColumnCount);
        Assert.NotNull(rows.Metadata);
        Assert.Null(rows.Metadata.Id);
        Assert.Null(rows.PagingState);
        Assert.Null(rows.NewMetadataId);
        Assert.Equal(
            [("ks", "t", "a", CqlType.Int, 0), ("ks", "t", "b", CqlType.Text, 1)],
            rows.Metadata.Columns.Select(c => (c.Keyspace, c.Table, c.Name, c.Type, c.Ordinal)));
    }

    [Fact]
    public void Without_one_each_column_has_its_own_keyspace_and_table()
    {
        var (rows, next) = Read("00000000 00000002 0002 'k1' 0002 't1' 0001 'a' 0009 0002 'k2' 0002 't2' 0001 'a' 000C 0000002A");

        Assert.Equal(42, next);
        Assert.Equal([("k1", "t1"), ("k2", "t2")], rows.Metadata!.Columns.Select(c => (c.Keyspace, c.Table)));
    }

    [Fact]
    public void Paging_state_comes_before_the_new_metadata_id_and_both_before_the_columns()
    {
        var (rows, next) = Read(
            "0000000B 00000001 00000003 010203 0002 AABB 0002 'ks' 0001 't' 0001 'a' 0009 0000002A");

        Assert.Equal(42, next);
        Assert.Equal([1, 2, 3], rows.PagingState);
        Assert.Equal([0xAA, 0xBB], rows.NewMetadataId);
        Assert.Same(rows.NewMetadataId, rows.Metadata!.Id);
        Assert.Equal("a", Assert.Single(rows.Metadata.Columns).Name);
    }

    [Fact]
    public void Without_metadata_only_the_count_and_the_paging_state_are_there()
    {
        var (rows, next) = Read("00000006 00000003 00000001 FF 0000002A");

        Assert.Equal(42, next);
        Assert.Null(rows.Metadata);
        Assert.Equal(3, rows.ColumnCount);
        Assert.Equal([0xFF], rows.PagingState);
    }

    [Theory]
    [InlineData("00000006 00000000 FFFFFFFF 0000002A", null)]
    [InlineData("00000006 00000000 00000000 0000002A", 0)]
    public void A_null_paging_state_is_none_and_an_empty_one_is_empty(string body, int? length) =>
        Assert.Equal(length, Read(body).Rows.PagingState?.Length);

    [Theory]
    [InlineData("00000001 FFFFFFFF 0000 0000", "-1 columns")]
    [InlineData("00000004 80000000", "-2147483648 columns")]
    [InlineData("00000001 7FFFFFFF 0000 0000", "2147483647 columns with 4 bytes left")]
    [InlineData("0000000C 00000001 0001 AA", "a new result metadata id without the columns")]
    [InlineData("00000001 00000001 0002 'ks' 0001 't' 0001 'a'", "with 0 left")]
    public void Hostile_counts_are_malformed_and_take_no_memory(string body, string words)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<MalformedResponseException>(() => Read(body));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Any_truncation_is_malformed()
    {
        var bytes = Bytes("0000000B 00000002 00000003 010203 0002 AABB 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 0020 000D");
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Throws<MalformedResponseException>(() =>
            {
                var reader = new CqlReader(cut);
                RowsResult.ReadMetadata(ref reader);
            });
        }
    }

    private static (RowsMetadata Rows, int Next) Read(string body)
    {
        var reader = new CqlReader(Bytes(body));
        var rows = RowsResult.ReadMetadata(ref reader);
        return (rows, reader.ReadInt32());
    }
}
