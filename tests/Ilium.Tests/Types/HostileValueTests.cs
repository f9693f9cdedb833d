using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Types;

/// <summary>Values whose bytes are not what their type says: the read fails, typed and without taking memory; the row and its connection stay.</summary>
public class HostileValueTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string> Wrong => new()
    {
        { "list of more elements than bytes", TypeBytes.List(TypeBytes.Int), "7FFFFFFF 00000004 00000001" },
        { "list of a negative number of elements", TypeBytes.List(TypeBytes.Int), "FFFFFFFF" },
        { "list cut in its count", TypeBytes.List(TypeBytes.Int), "0000" },
        { "list with an element of a length below -1", TypeBytes.List(TypeBytes.Int), "00000001 FFFFFFFE" },
        { "list with an element longer than the value", TypeBytes.List(TypeBytes.Int), "00000001 00000005 00000001" },
        { "list with bytes behind its elements", TypeBytes.List(TypeBytes.Int), "00000001 00000004 00000001 00" },
        { "list with an element of the wrong size", TypeBytes.List(TypeBytes.Int), "00000001 00000002 0001" },
        { "set of more elements than bytes", TypeBytes.Set(TypeBytes.Text), "10000000 00000001 41" },
        { "map of more entries than bytes", TypeBytes.Map(TypeBytes.Text, TypeBytes.Int), "20000000 00000001 41 00000004 00000001" },
        { "map cut behind a key", TypeBytes.Map(TypeBytes.Text, TypeBytes.Int), "00000001 00000001 41" },
        { "vector with too few bytes", TypeBytes.Vector("org.apache.cassandra.db.marshal.FloatType", 3), "3F800000 40000000" },
        { "vector with too many bytes", TypeBytes.Vector("org.apache.cassandra.db.marshal.FloatType", 1), "3F800000 40000000" },
        { "vector of a huge dimension", TypeBytes.Vector("org.apache.cassandra.db.marshal.UTF8Type", 2_000_000_000), "01 41" },
        { "vector of texts cut in a length", TypeBytes.Vector("org.apache.cassandra.db.marshal.UTF8Type", 2), "01 41 FF" },
        { "vector of texts with bytes behind", TypeBytes.Vector("org.apache.cassandra.db.marshal.UTF8Type", 1), "01 41 00" },
        { "tuple with bytes behind its elements", TypeBytes.Tuple(TypeBytes.Int), "00000004 00000001 00" },
        { "tuple cut in an element", TypeBytes.Tuple(TypeBytes.Int, TypeBytes.Int), "00000004 00000001 00000004 00" },
        { "udt cut in a field", TypeBytes.Udt("ks", "u", ("a", TypeBytes.Int)), "00000004 0000" },
        { "int of three bytes", TypeBytes.Int, "000001" },
        { "bigint of nine", TypeBytes.Bigint, "000000000000000001" },
        { "smallint of one", TypeBytes.Smallint, "01" },
        { "tinyint of two", TypeBytes.Tinyint, "0001" },
        { "boolean of two", TypeBytes.Boolean, "0001" },
        { "float of two", TypeBytes.Float, "0001" },
        { "double of four", TypeBytes.Double, "00000001" },
        { "uuid of fifteen", TypeBytes.Uuid, "000102030405060708090A0B0C0D0E" },
        { "timeuuid of seventeen", TypeBytes.Timeuuid, "000102030405060708090A0B0C0D0E0F10" },
        { "inet of five", TypeBytes.Inet, "7F00000101" },
        { "date of three", TypeBytes.Date, "800000" },
        { "time beyond the day", TypeBytes.Time, "00004E94914F0000" },
        { "negative time", TypeBytes.Time, "FFFFFFFFFFFFFFFF" },
        { "timestamp of four", TypeBytes.Timestamp, "00000001" },
        { "decimal without its integer", TypeBytes.Decimal, "000001" },
        { "duration of two parts", TypeBytes.Duration, "0202" },
        { "duration of four parts", TypeBytes.Duration, "02020202" },
        { "duration of both signs", TypeBytes.Duration, "020102" },
        { "duration cut in a part", TypeBytes.Duration, "02 02 FF00" },
        { "text that is not UTF-8", TypeBytes.Text, "41FF42" },
        { "text with half a surrogate", TypeBytes.Text, "EDA080" },
        { "ascii beyond seven bits", TypeBytes.Ascii, "41E9" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_value_that_is_not_what_its_type_says_fails_its_read_only(string what, byte[] type, string hex)
    {
        await using var driver = new ScriptedCluster();
        var row = (await AnswerAsync(driver, type, Convert.FromHexString(hex.Replace(" ", "")))).First();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidValueException>(() => row[0]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.False(string.IsNullOrEmpty(error.Message), what);
        // The next column and the bytes themselves can be read all the same.
        Assert.Equal(7, row.Get<int>(1));
        Assert.Equal(Convert.FromHexString(hex.Replace(" ", "")), row.GetBytes(0).ToArray());
        Assert.Single(driver.Server.Connections);
    }

    public static TheoryData<byte[]> TypesWithoutAnEmptyValue =>
    [
        TypeBytes.Int, TypeBytes.Bigint, TypeBytes.Smallint, TypeBytes.Tinyint, TypeBytes.Boolean, TypeBytes.Float, TypeBytes.Double, TypeBytes.Uuid, TypeBytes.Timeuuid,
        TypeBytes.Inet, TypeBytes.Date, TypeBytes.Time, TypeBytes.Timestamp, TypeBytes.Decimal, TypeBytes.Varint, TypeBytes.Duration,
    ];

    [Theory]
    [MemberData(nameof(TypesWithoutAnEmptyValue))]
    public async Task A_value_of_no_bytes_is_told_from_null_and_never_becomes_a_default(byte[] type)
    {
        await using var driver = new ScriptedCluster();
        var rows = (await AnswerAsync(driver, type, [])).First();
        Assert.False(rows.IsNull(0));
        Assert.True(rows.IsEmpty(0));
        Assert.Null(rows[0]);
        if (type[1] == TypeBytes.Int[1])
        {
            Assert.Contains("empty value", Assert.Throws<InvalidValueException>(() => rows.Get<int>(0)).Message, StringComparison.Ordinal);
            Assert.Null(rows.Get<int?>(0));
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(-2, true)]
    [InlineData(-3, true)]
    [InlineData(int.MinValue, true)]
    public async Task A_cell_of_negative_length_is_null(int length, bool isNull)
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("hostile"), r =>
        {
            var body = ResponseBodies.Rows([new("a", TypeBytes.Int), new("b", TypeBytes.Int)], [[null, ValueBytes.Int(7)]], new RowsOptions());
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(body.Length - 12), length);
            r.Send(WireOpcode.Result, body);
        });
        var row = (await session.ExecuteAsync("hostile", cancellationToken: Cancelled)).First();
        Assert.Equal(isNull, row.IsNull(0));
        Assert.Equal(7, row.Get<int>(1));
    }

    [Fact]
    public async Task A_user_type_with_fewer_fields_than_it_has_now_reads_the_others_as_null_and_with_more_ignores_them()
    {
        await using var driver = new ScriptedCluster();
        var type = TypeBytes.Udt("ks", "u", ("a", TypeBytes.Int), ("b", TypeBytes.Text), ("c", TypeBytes.Int));
        var fewer = (await AnswerAsync(driver, type, ValueBytes.Tuple(ValueBytes.Int(1)))).First().Get<UdtValue>(0);
        Assert.Equal((1, true, true), (fewer.Get<int>("a"), fewer.IsNull(1), fewer.IsNull(2)));
        var more = (await AnswerAsync(driver, type, ValueBytes.Tuple(ValueBytes.Int(1), ValueBytes.Text("x"), ValueBytes.Int(3), ValueBytes.Int(4)))).First().Get<UdtValue>(0);
        Assert.Equal((1, "x", 3), (more.Get<int>("a"), more.Get<string>("b"), more.Get<int>("c")));
    }

    [Fact]
    public async Task A_tuple_with_fewer_elements_reads_the_others_as_null()
    {
        await using var driver = new ScriptedCluster();
        var row = (await AnswerAsync(driver, TypeBytes.Tuple(TypeBytes.Int, TypeBytes.Text), ValueBytes.Tuple(ValueBytes.Int(1)))).First();
        Assert.Equal((1, null), row.Get<(int, string?)>(0));
    }

    [Theory]
    [InlineData("7FFF")]
    [InlineData("00FF")]
    public async Task A_column_of_a_type_id_nobody_knows_is_its_bytes(string type)
    {
        await using var driver = new ScriptedCluster();
        var row = (await AnswerAsync(driver, Convert.FromHexString(type), [1, 2, 3])).First();
        Assert.Equal([1, 2, 3], Assert.IsType<byte[]>(row[0]));
        Assert.Equal(7, row.Get<int>(1));
        Assert.Contains(type.TrimStart('0'), row.Columns[0].Type.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("com.example.Strange")]
    [InlineData("org.apache.cassandra.db.marshal.VectorType(")]
    [InlineData("a(b,(c")]
    public async Task A_custom_class_nobody_knows_is_its_bytes(string className)
    {
        await using var driver = new ScriptedCluster();
        var row = (await AnswerAsync(driver, TypeBytes.Custom(className), [1, 2, 3])).First();
        Assert.Equal([1, 2, 3], row.Get<byte[]>(0));
        Assert.Equal([1, 2, 3], Assert.IsType<byte[]>(row[0]));
    }

    [Fact]
    public async Task A_column_name_that_is_not_utf8_fails_its_request_and_not_its_neighbours()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("hostile"), r =>
        {
            var body = ResponseBodies.Rows([new("abc", TypeBytes.Int)], [], new RowsOptions());
            body[body.AsSpan().IndexOf("abc"u8)] = 0xFF;
            r.Send(WireOpcode.Result, body);
        });
        await Assert.ThrowsAsync<MalformedResponseException>(async () => await session.ExecuteAsync("hostile", cancellationToken: Cancelled));
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Single(driver.Server.Connections);
    }

    private static async Task<RowSet> AnswerAsync(ScriptedCluster driver, byte[] type, byte[] value)
    {
        var session = await driver.Cluster.ConnectAsync(Cancelled);
        using var handler = driver.Server.On(r => r.Mentions("hostile"), r => r.Rows([new("a", type), new("b", TypeBytes.Int)], [[value, ValueBytes.Int(7)]]));
        return await session.ExecuteAsync("hostile", cancellationToken: Cancelled);
    }
}
