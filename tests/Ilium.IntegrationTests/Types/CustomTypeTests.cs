using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Types;

/// <summary>Columns of Java classes that CQL has no name for, and columns stored in descending order.</summary>
[Collection(PlainRingCollection.Name)]
public class CustomTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    private const string Package = "org.apache.cassandra.db.marshal.";

    // Each component: its length, its bytes, a zero.
    private static readonly byte[] Composite = [0, 4, 0, 0, 0, 7, 0, 0, 1, (byte)'a', 0];

    // In front of each component the letter of its type.
    private static readonly byte[] DynamicComposite = [0x80, (byte)'i', 0, 4, 0, 0, 0, 7, 0];

    private Session _session = null!;

    [Theory, EachVersion]
    public async Task Classes_the_driver_does_not_know_are_bytes(ProtocolVersion version)
    {
        await CheckBytesAsync(version, $"{Package}CompositeType({Package}Int32Type,{Package}UTF8Type)", Composite);
        await CheckBytesAsync(version, $"{Package}DynamicCompositeType(i=>{Package}Int32Type)", DynamicComposite);
    }

    [Theory, EachVersion]
    public async Task They_are_bytes_inside_other_types_too(ProtocolVersion version)
    {
        var custom = $"'{Package}CompositeType({Package}Int32Type,{Package}UTF8Type)'";
        var row = await WrittenAsync(await InsertAsync(version, $"list<{custom}>"), new List<byte[]> { Composite, Composite });
        Assert.Equal([Composite, Composite], row.Get<List<byte[]>>(0));
        Assert.Equal(typeof(List<byte[]>), row[0]!.GetType());
        Assert.Equal(Composite, (await WrittenAsync(await InsertAsync(version, $"tuple<int, {custom}>"), (1, Composite))).Get<(int, ReadOnlyMemory<byte>)>(0).Item2.ToArray());
        Assert.Equal([Composite, Composite], (await WrittenAsync(await InsertAsync(version, $"vector<{custom}, 2>"), new[] { Composite, Composite })).Get<byte[][]>(0));
    }

    [Theory, EachVersion]
    public async Task Classes_that_stand_for_types_of_CQL_are_those(ProtocolVersion version)
    {
        var id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        var column = await columns.OfAsync(version, $"'{Package}LexicalUUIDType'");
        Assert.Equal(CqlType.Uuid, column.Type);
        Assert.Equal(id, (await column.WrittenAsync(id)).Get<Guid>(0));
        Assert.Equal(CqlType.Varint, (await columns.OfAsync(version, $"'{Package}IntegerType'")).Type);
        Assert.Equal(new CqlListType(CqlType.Int), (await columns.OfAsync(version, $"frozen<list<'{Package}Int32Type'>>")).Type);
    }

    [Theory, EachVersion]
    public async Task A_column_in_descending_order_is_of_its_own_type(ProtocolVersion version)
    {
        await CheckDescendingAsync(version, "int", [1, -2, 3], [3, 1, -2]);
        await CheckDescendingAsync(version, "text", ["a", "", "b"], ["b", "a", ""]);
        await CheckDescendingAsync(version, "timestamp", [DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)], [DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch]);
        await CheckDescendingAsync(version, "decimal", [1.5m, -0.25m], [1.5m, -0.25m]);
        await CheckDescendingAsync(version, "frozen<list<int>>", [[1], new[] { 1, 2 }], [[1, 2], new[] { 1 }]);
        await CheckDescendingAsync(version, "frozen<tuple<int, text>>", [(1, "a"), (2, "b")], [(2, "b"), (1, "a")]);
        await CheckDescendingAsync(version, "vector<float, 2>", [[1, 2], new float[] { 3, 4 }], [[3, 4], new float[] { 1, 2 }]);
    }

    private async Task CheckBytesAsync(ProtocolVersion version, string className, byte[] bytes)
    {
        var insert = await InsertAsync(version, $"'{className}'");
        Assert.Equal(className, Assert.IsType<CqlCustomType>(insert.Variables[0].Type).ClassName);
        var row = await WrittenAsync(insert, bytes);
        Assert.Equal(bytes, row.Get<byte[]>(0));
        Assert.Equal(bytes, row[0]);
        Assert.Equal(bytes, row.Get<ReadOnlyMemory<byte>>(0).ToArray());
        Assert.True((await WrittenAsync<byte[]?>(insert, null)).IsNull(0));
        var wrong = Assert.Throws<InvalidTypeException>(() => insert.Bind(7));
        Assert.Contains($"'{className}' and int do not go together; use byte[]", wrong.Message, StringComparison.Ordinal);
    }

    // The server has no JSON for these.
    private async Task<PreparedStatement> InsertAsync(ProtocolVersion version, string type)
    {
        _session = await columns.Keyspace.SessionAsync(version);
        return _session.Prepare($"INSERT INTO {await columns.Keyspace.TableAsync(_session, $"id int PRIMARY KEY, v {type}")} (id, v) VALUES (1, ?)");
    }

    private async Task<Row> WrittenAsync<T>(PreparedStatement insert, T value)
    {
        await _session.RunAsync(insert.Bind(value));
        return (await _session.RunAsync($"SELECT v FROM {insert.Variables[0].Table}")).First();
    }

    private async Task CheckDescendingAsync<T>(ProtocolVersion version, string type, T[] values, T[] expected)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var table = await columns.Keyspace.TableAsync(session, $"id int, v {type}, PRIMARY KEY (id, v)) WITH CLUSTERING ORDER BY (v DESC");
        var insert = session.Prepare($"INSERT INTO {table} (id, v) VALUES (1, ?)");
        foreach (var value in values)
        {
            await session.RunAsync(insert.Bind(value));
        }

        var rows = await session.RunAsync($"SELECT v FROM {table}");
        Assert.Equal((await columns.OfAsync(version, type)).Type, rows.Columns[0].Type);
        Assert.Equal(expected.Select(value => Rendering.Of(value)), rows.Select(row => Rendering.Of(row.Get<T>(0))));
    }
}
