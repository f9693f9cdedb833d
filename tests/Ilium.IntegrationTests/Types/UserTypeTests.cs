using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>User-defined types against the server's own literals and JSON, before and after they are altered.</summary>
[Collection(PlainRingCollection.Name)]
public class UserTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Fields_by_name_and_place(ProtocolVersion version)
    {
        var name = await CreateAsync(version, "(street text, number int, tags frozen<set<text>>)");
        foreach (var column in new[] { $"frozen<{name}>", name })
        {
            var type = await TypeAsync(version, column);
            Assert.Equal((columns.Keyspace.Name, name), (type.Keyspace, type.Name));
            Assert.Equal([new("street", CqlType.Text), new("number", CqlType.Int), new("tags", new CqlSetType(CqlType.Text))], type.Fields);
            await columns.CheckAsync(
                version, column, "{street: 'High', number: 12, tags: {'b', 'a'}}", "{\"street\": \"High\", \"number\": 12, \"tags\": [\"a\", \"b\"]}",
                Natural(new UdtValue(type, "High", 12, new HashSet<string> { "a", "b" })), Written<object>(new UdtValue(type, "High", 12, new[] { "b", "a" })),
                Written(new UdtValue(type).With("tags", new SortedSet<string> { "b", "a" }).With("number", (short)12).With("street", "High".AsMemory())));
            var value = (await (await columns.OfAsync(version, column)).LiteralAsync("{tags: {'a'}, number: 12}")).Get<UdtValue>(0);
            Assert.Equal((12, 12L, null), (value.Get<int>("number"), value.Get<long?>(1), value["street"]));
            Assert.Equal(["a"], value.Get<string[]>("tags"));
            Assert.Equal(value, new UdtValue(type, null, 12, new HashSet<string> { "a" }));
            var missing = Assert.Throws<ArgumentException>(() => value["Street"]);
            Assert.StartsWith($"{columns.Keyspace.Name}.{name} has no field 'Street'; it has street, number, tags.", missing.Message, StringComparison.Ordinal);
        }
    }

    [Theory, EachVersion]
    public async Task Null_fields_and_fields_left_out(ProtocolVersion version)
    {
        var name = await CreateAsync(version, "(a text, b int, c double)");
        var type = await TypeAsync(version, $"frozen<{name}>");
        await columns.CheckAsync(version, $"frozen<{name}>", "{a: null, b: 1, c: null}", "{\"a\": null, \"b\": 1, \"c\": null}", Natural(new UdtValue(type, null, 1)));
        await columns.CheckAsync(version, $"frozen<{name}>", "{b: 1}", "{\"a\": null, \"b\": 1, \"c\": null}", Natural(new UdtValue(type, null, 1, null)));
        await columns.CheckAsync(version, $"frozen<{name}>", "{a: ''}", "{\"a\": \"\", \"b\": null, \"c\": null}", Natural(new UdtValue(type, "")));
        await columns.CheckAsync(version, $"frozen<{name}>", "{a: null, b: null, c: null}", "{\"a\": null, \"b\": null, \"c\": null}", Natural(new UdtValue(type)));
        var row = await (await columns.OfAsync(version, name)).WrittenAsync(new UdtValue(type));
        Assert.True(row.IsNull(0));
        Assert.Null(row.Get<UdtValue?>(0));
        var value = (await (await columns.OfAsync(version, $"frozen<{name}>")).LiteralAsync("{b: 1}")).Get<UdtValue>(0);
        Assert.Equal((true, false, null, null), (value.IsNull("a"), value.IsNull(1), value.Get<string?>("a"), value.Get<double?>("c")));
        Assert.Equal(
            $"Field 'c' of {columns.Keyspace.Name}.{name}: is null, which double can't hold. Read it as double?, or ask IsNull first.",
            Assert.Throws<InvalidValueException>(() => value.Get<double>("c")).Message);
    }

    [Theory, EachVersion]
    public async Task Names_that_need_quotes(ProtocolVersion version)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var name = $"Odd \"{version}";
        var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await session.RunAsync($"CREATE TYPE {quoted} (\"Field One\" int, \"select\" text, \"ü\"\"\" boolean)");
        var type = await TypeAsync(version, $"frozen<{quoted}>");
        Assert.Equal([name, "Field One", "select", "ü\""], [type.Name, .. type.Fields.Select(field => field.Name)]);
        Assert.Equal($"{columns.Keyspace.Name}.{quoted}", type.ToString());
        await columns.CheckAsync(
            version, $"frozen<{quoted}>", "{\"Field One\": 1, \"select\": 'x', \"ü\"\"\": true}", "{\"\\\"Field One\\\"\": 1, \"select\": \"x\", \"ü\\\"\": true}", Natural(new UdtValue(type, 1, "x", true)));

        // What a type is printed as, the server reads again.
        await columns.Keyspace.TableAsync(session, $"id int PRIMARY KEY, v frozen<{type}>, l list<frozen<{type}>>");

        // In a vector its description comes as a Java class name.
        var vector = (CqlVectorType)(await columns.OfAsync(version, $"vector<frozen<{quoted}>, 1>")).Type;
        Assert.Equal(type, vector.Element);
    }

    [Theory]
    [InlineData("int")]
    [InlineData("list")]
    [InlineData("byte")]
    [InlineData("select")]
    [InlineData("Address")]
    [InlineData("address")]
    public async Task A_type_as_it_is_printed_is_that_type_to_the_server(string name)
    {
        var session = await columns.Keyspace.SessionAsync(ProtocolVersion.V5);
        await session.RunAsync($"CREATE TYPE \"{name}\" (a text)");
        var type = await TypeAsync(ProtocolVersion.V5, $"frozen<\"{name}\">");
        var table = await columns.Keyspace.TableAsync(session, $"id int PRIMARY KEY, v frozen<{type}>");
        Assert.Equal(type, session.Prepare($"SELECT v FROM {table} WHERE v = ? ALLOW FILTERING").Variables[0].Type);
    }

    [Theory, EachVersion]
    public async Task Inside_collections_tuples_and_each_other(ProtocolVersion version)
    {
        var inner = await CreateAsync(version, "(x int, y frozen<list<int>>)");
        var outer = await CreateAsync(version, $"(p frozen<{inner}>, all frozen<map<text, frozen<{inner}>>>, t frozen<tuple<int, frozen<{inner}>>>)");
        var type = await TypeAsync(version, $"frozen<{outer}>");
        var point = (CqlUserType)type.Fields[0].Type;
        UdtValue Point(int x, params int[] y) => new(point, x, y.ToList());
        await columns.CheckAsync(
            version, $"list<frozen<{outer}>>", "[{p: {x: 1, y: [2, 3]}, all: {'k': {x: 4, y: []}}, t: (5, {x: 6, y: null})}, {p: {x: null}}]",
            "[{\"p\": {\"x\": 1, \"y\": [2, 3]}, \"all\": {\"k\": {\"x\": 4, \"y\": []}}, \"t\": [5, {\"x\": 6, \"y\": null}]}, {\"p\": {\"x\": null, \"y\": null}, \"all\": null, \"t\": null}]",
            Natural(new List<UdtValue>
            {
                new(type, Point(1, 2, 3), new Dictionary<string, UdtValue> { ["k"] = Point(4) }, new CqlTuple(5, new UdtValue(point, 6))), new(type, new UdtValue(point)),
            }),
            Written(new[] { new UdtValue(type, Point(1, 2, 3), new Dictionary<string, UdtValue> { ["k"] = Point(4) }, (5, new UdtValue(point, 6))), new UdtValue(type, new UdtValue(point)) }));
        await columns.CheckAsync(
            version, $"map<frozen<{inner}>, int>", "{{x: 2, y: [1]}: 1, {x: 1, y: []}: 2}", "{\"{\\\"x\\\": 1, \\\"y\\\": []}\": 2, \"{\\\"x\\\": 2, \\\"y\\\": [1]}\": 1}",
            Natural(new Dictionary<UdtValue, int> { [Point(2, 1)] = 1, [Point(1)] = 2 }));
        var set = (await (await columns.OfAsync(version, $"set<frozen<{inner}>>")).LiteralAsync("{{x: 1, y: [1]}, {x: 1, y: null}}")).Get<HashSet<UdtValue>>(0);
        Assert.Contains(Point(1, 1), set);
        Assert.Contains(new UdtValue(point, 1), set);
        Assert.Equal(2, set.Count);
    }

    [Theory, EachVersion]
    public async Task Fields_added_later_are_null_in_values_written_before(ProtocolVersion version)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var name = await CreateAsync(version, "(a int, b text)");
        var table = await columns.Keyspace.TableAsync(session, $"id int PRIMARY KEY, v frozen<{name}>, l list<frozen<{name}>>");
        var insert = session.Prepare($"INSERT INTO {table} (id, v, l) VALUES (?, ?, ?)");
        var select = session.Prepare($"SELECT v, l, to_json(v) AS json FROM {table} WHERE id = ?");
        var two = (CqlUserType)insert.Variables[1].Type;
        await session.RunAsync(insert.Bind(1, new UdtValue(two, 1, "b"), new[] { new UdtValue(two, 2) }));
        Assert.Equal("b", (await session.RunAsync(select.Bind(1))).First().Get<UdtValue>(0).Get<string>("b"));
        await session.RunAsync($"ALTER TYPE {name} ADD c double");

        // Through the statement prepared before, through one prepared now, and without one.
        foreach (var row in new[]
        {
            (await session.RunAsync(select.Bind(1))).First(), (await session.RunAsync(session.Prepare($"SELECT v, l FROM {table} WHERE id = ?").Bind(1))).First(),
            (await session.RunAsync($"SELECT v, l FROM {table} WHERE id = 1")).First(),
        })
        {
            var value = row.Get<UdtValue>(0);
            Assert.Equal(["a", "b", "c"], value.Type.Fields.Select(field => field.Name));
            Assert.Equal((1, "b", null), (value.Get<int>("a"), value.Get<string>("b"), value.Get<double?>("c")));
            Assert.Null(Assert.Single(row.Get<List<UdtValue>>(1))["c"]);
        }

        // A value of the type as it was, and one of the type as it is, through the statement prepared before.
        await session.RunAsync(insert.Bind(2, new UdtValue(two, 2, "old"), null));
        Assert.Equal("{\"a\": 2, \"b\": \"old\", \"c\": null}", (await session.RunAsync(select.Bind(2))).First().Get<string>("json"));
        var three = (await session.RunAsync(select.Bind(1))).First().Get<UdtValue>(0).With("c", 0.5);
        await session.RunAsync(session.Prepare($"UPDATE {table} SET v = ? WHERE id = 3").Bind(three));
        await session.RunAsync($"INSERT INTO {table} (id, v) VALUES (4, {{a: 4, c: 4.5}})");
        Assert.Equal("{\"a\": 1, \"b\": \"b\", \"c\": 0.5}", (await session.RunAsync(select.Bind(3))).First().Get<string>("json"));
        var four = (await session.RunAsync(select.Bind(4))).First().Get<UdtValue>(0);
        Assert.Equal((4, null, 4.5), (four.Get<int>("a"), four.Get<string?>("b"), four.Get<double>("c")));

        // Read with all three fields and written back through the oldest statement: nothing is lost, or it is refused.
        try
        {
            await session.RunAsync(insert.Bind(4, four, null));
        }
        catch (InvalidTypeException refused)
        {
            Assert.Contains("has no field 'c'", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(4.5, (await session.RunAsync(select.Bind(4))).First().Get<UdtValue>(0).Get<double>("c"));
    }

    [Theory, EachVersion]
    public async Task A_renamed_field_is_found_by_its_new_name(ProtocolVersion version)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var name = await CreateAsync(version, "(a int, b text)");
        var table = await columns.Keyspace.TableAsync(session, $"id int PRIMARY KEY, v frozen<{name}>");
        var select = session.Prepare($"SELECT v FROM {table} WHERE id = ?");
        await session.RunAsync($"INSERT INTO {table} (id, v) VALUES (1, {{a: 1, b: 'b'}})");
        Assert.Equal(1, (await session.RunAsync(select.Bind(1))).First().Get<UdtValue>(0).Get<int>("a"));
        await session.RunAsync($"ALTER TYPE {name} RENAME a TO z");
        var value = (await session.RunAsync(select.Bind(1))).First().Get<UdtValue>(0);
        Assert.Equal((1, "b"), (value.Get<int>("z"), value.Get<string>("b")));
        Assert.Throws<ArgumentException>(() => value.Get<int>("a"));
    }

    [Theory, EachVersion]
    public async Task What_does_not_suit_is_refused_and_the_error_names_the_field(ProtocolVersion version)
    {
        var name = await CreateAsync(version, "(a int, b frozen<list<text>>)");
        var column = await columns.OfAsync(version, $"frozen<{name}>");
        var type = (CqlUserType)column.Type;
        var wrong = Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new UdtValue(type, "1")));
        Assert.Equal($"Column 'v': Field 'a' of {type}: int and string do not go together; use int, long (to read), sbyte (to write), byte (to write), short (to write), ushort (to write).", wrong.Message);
        Assert.Equal(("v", CqlType.Int, typeof(string)), (wrong.Column, wrong.CqlType, wrong.ClrType));
        var nothing = Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, new UdtValue(type, 1, new string?[] { "x", null })));
        Assert.Equal($"Column 'v': Field 'b' of {type}: A list<text> cannot hold null; leave the element out.", nothing.Message);
        Assert.Throws<ArgumentException>(() => new UdtValue(type, 1, null, 2));
        var other = type with { Name = "other" };
        Assert.Equal($"Column 'v': A value of the user-defined type {columns.Keyspace.Name}.other was given for a {type}.", Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new UdtValue(other, 1))).Message);
        Assert.Equal($"Column 'v': {type} and (int, string[]) do not go together; use UdtValue, or a type marked [CqlUdt] with its CqlCodec.Udt among ClusterOptions.Codecs.", Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, (1, new[] { "x" }))).Message);
        var value = (await column.LiteralAsync("{a: 1, b: ['x']}")).Get<UdtValue>(0);
        var read = Assert.Throws<InvalidTypeException>(() => value.Get<string>("a"));
        Assert.StartsWith($"Field 'a' of {type}: int and string do not go together", read.Message, StringComparison.Ordinal);
    }

    private async Task<string> CreateAsync(ProtocolVersion version, string fields)
    {
        var name = columns.Keyspace.NewName("u");
        var session = await columns.Keyspace.SessionAsync(version);
        await session.RunAsync($"CREATE TYPE {name} {fields}");
        return name;
    }

    private async Task<CqlUserType> TypeAsync(ProtocolVersion version, string column) => (CqlUserType)(await columns.OfAsync(version, column)).Type;
}
