using CsCheck;

namespace Ilium.Embedded.Tests.Corpus;

/// <summary>
/// Random tables with random statements. Values and timestamps come from small pools, so that rows, cells, deletions and ranges meet each other; most statements
/// are valid. None is conditional: the timestamps of those are of another clock, so that which of two writes in the same millisecond is newer is not known.
/// </summary>
public static class RandomScript
{
    private const int StatementCount = 30;

    private static readonly ColumnType[] KeyTypes =
    [
        new("int", ["0", "1", "-1"]),
        new("text", ["'a'", "''", "'b'"]),
        new("bigint", ["0", "1", "-9223372036854775808"]),
        new("uuid", ["00000000-0000-1000-8080-808080808080", "123e4567-e89b-42d3-a456-426655440000"]),
        new("blob", ["0x", "0x00", "0xff"]),
        new("timestamp", ["0", "'2020-01-01'", "-1"]),
        new("decimal", ["0", "1.0", "1.00", "-2.5"]),
        new("double", ["0.0", "-0.0", "1.5", "NaN"]),
        new("boolean", ["true", "false"]),
        new("date", ["'1970-01-01'", "'1969-12-31'", "'2020-02-29'"]),
        new("varint", ["0", "-129", "128"]),
        new("inet", ["'127.0.0.1'", "'::1'"]),
        new("frozen<list<int>>", ["[]", "[1]", "[1, 2]"]),
        new("frozen<tuple<int, text>>", ["(1, 'a')", "(1, 'b')", "(2, 'a')"]),
    ];

    private static readonly ColumnType[] ValueTypes =
    [
        .. KeyTypes,
        new("list<int>", ["[1, 2]", "[2]", "[]"]),
        new("set<text>", ["{'a'}", "{'b', 'a'}", "{}"]),
        new("map<text, int>", ["{'a': 1}", "{'b': 2, 'a': 3}", "{}"]),
        new("duration", ["1h", "1mo2d", "-1d"]),
        new("vector<float, 2>", ["[1.0, 2.0]", "[0.0, -1.0]"]),
        new("time", ["'00:00:00'", "'23:59:59.999999999'"]),
    ];

    /// <summary>A table, statements on it, and the whole table at the end.</summary>
    public static Gen<IReadOnlyList<string>> Gen(string table) =>
        from shape in Shapes(table)
        from statements in Statements(shape).Array[StatementCount]
        select (IReadOnlyList<string>)[shape.Definition, .. statements, $"SELECT * FROM {table}", $"SELECT count(*) FROM {table}"];

    private static Gen<Shape> Shapes(string table) =>
        from partition in OneOf(KeyTypes).Array[1, 2]
        from clustering in OneOf(KeyTypes).Array[0, 2]
        from directions in CsCheck.Gen.Bool.Array[2]
        from statics in OneOf(ValueTypes).Array[0, 2]
        from values in OneOf(ValueTypes).Array[1, 4]
        select new Shape(table, partition, clustering, directions, clustering.Length == 0 ? [] : statics, values);

    private static Gen<string> Statements(Shape shape) => CsCheck.Gen.Frequency(
        (8, Insert(shape)),
        (6, Update(shape)),
        (3, Delete(shape)),
        (8, Select(shape)));

    private static Gen<string> Insert(Shape shape) =>
        from key in KeyValues(shape)
        from values in Values(shape.Values)
        from statics in Values(shape.Statics)
        from attributes in Attributes
        let names = string.Join(", ", shape.KeyNames.Concat(Names("v", values)).Concat(Names("s", statics)))
        let literals = string.Join(", ", key.Concat(values.Where(Given)).Concat(statics.Where(Given)))
        select $"INSERT INTO {shape.Table} ({names}) VALUES ({literals}){attributes}";

    private static Gen<string> Update(Shape shape) =>
        from key in KeyValues(shape)
        from column in CsCheck.Gen.Int[0, shape.Values.Count - 1]
        from assignment in Assignment($"v{column}", shape.Values[column])
        from attributes in Attributes
        select $"UPDATE {shape.Table}{attributes} SET {assignment} WHERE {Where(shape.KeyNames, key)}";

    private static Gen<string> Delete(Shape shape) =>
        from key in KeyValues(shape)
        from length in CsCheck.Gen.Int[shape.Partition.Count, shape.Partition.Count + shape.Clustering.Count]
        from timestamp in Timestamps
        from column in CsCheck.Gen.Int[-2, shape.Values.Count - 1]
        from comparison in OneOf("=", ">", "<=")
        let names = shape.KeyNames.Take(length).ToArray()
        let isRange = length > shape.Partition.Count && column < 0
        let what = column < 0 || length < shape.Partition.Count + shape.Clustering.Count ? "" : $"v{column} "
        select $"DELETE {what}FROM {shape.Table}{timestamp} WHERE {Where(names, key, isRange ? comparison : "=")}";

    private static Gen<string> Select(Shape shape) =>
        from key in KeyValues(shape)
        from length in CsCheck.Gen.Int[0, shape.Partition.Count + shape.Clustering.Count]
        from comparison in OneOf("=", ">", "<=", "<", ">=")
        from what in OneOf("*", shape.KeyNames[0], "count(*)", $"{shape.KeyNames[^1]}, v0", "JSON *", "max(v0), count(v0)")
        from order in OneOf("", "", " ORDER BY c0 DESC", " ORDER BY c0 ASC")
        from limit in OneOf("", "", " LIMIT 2", " PER PARTITION LIMIT 1")
        let names = shape.KeyNames.Take(length).ToArray()
        let isRange = length > shape.Partition.Count
        let isPartition = length >= shape.Partition.Count
        let filter = length == 0 ? "" : $" WHERE {Where(names, key, isRange ? comparison : "=")}"
        let ordered = isPartition && shape.Clustering.Count > 0 ? order : ""
        select $"SELECT {what} FROM {shape.Table}{filter}{ordered}{limit}{(length > 0 && !isPartition ? " ALLOW FILTERING" : "")}";

    private static readonly Gen<string> Timestamps = OneOf("", " USING TIMESTAMP 10", " USING TIMESTAMP 20", " USING TIMESTAMP 30");

    private static readonly Gen<string> Attributes =
        from timestamp in Timestamps
        from timeToLive in OneOf("", "", "", "TTL 100000")
        select timeToLive.Length == 0 ? timestamp : timestamp.Length == 0 ? $" USING {timeToLive}" : $"{timestamp} AND {timeToLive}";

    private static Gen<string> Assignment(string column, ColumnType type)
    {
        var value = Value(type);
        var set = value.Select(literal => $"{column} = {literal}");
        return type.Name switch
        {
            "list<int>" => CsCheck.Gen.OneOf(
                set,
                value.Select(literal => $"{column} = {column} + {literal}"),
                value.Select(literal => $"{column} = {literal} + {column}"),
                value.Select(literal => $"{column} = {column} - {literal}"),
                CsCheck.Gen.Int[0, 2].Select(index => $"{column}[{index}] = 7")),
            "set<text>" => CsCheck.Gen.OneOf(set, value.Select(literal => $"{column} = {column} + {literal}"), value.Select(literal => $"{column} -= {literal}")),
            "map<text, int>" => CsCheck.Gen.OneOf(
                set,
                value.Select(literal => $"{column} += {literal}"),
                OneOf($"{column}['a'] = 9", $"{column}['c'] = NULL", $"{column} = {column} - {{'a'}}")),
            _ => set,
        };
    }

    private static Gen<string> Value(ColumnType type) =>
        CsCheck.Gen.Frequency((9, OneOf(type.Literals)), (1, CsCheck.Gen.Const("NULL")));

    /// <summary>A literal for each column, or "" for a column that is left out.</summary>
    private static Gen<string[]> Values(IReadOnlyList<ColumnType> types) => All(
        [.. types.Select(type => CsCheck.Gen.Frequency((2, Value(type)), (1, CsCheck.Gen.Const(""))))]);

    private static Gen<string[]> KeyValues(Shape shape) => All([.. shape.Keys.Select(type => OneOf(type.Literals))]);

    private static Gen<string[]> All(IReadOnlyList<Gen<string>> gens) => gens.Aggregate(
        CsCheck.Gen.Const(Array.Empty<string>()),
        (all, one) => all.SelectMany(items => one.Select(item => items.Append(item).ToArray())));

    private static Gen<T> OneOf<T>(params T[] choices) => CsCheck.Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static bool Given(string literal) => literal.Length > 0;

    private static IEnumerable<string> Names(string prefix, string[] literals) =>
        literals.Select((literal, index) => (literal, index)).Where(column => Given(column.literal)).Select(column => $"{prefix}{column.index}");

    /// <summary>The columns equal these values; the last compares otherwise.</summary>
    private static string Where(IReadOnlyList<string> names, string[] values, string last = "=") =>
        string.Join(" AND ", names.Select((name, index) => $"{name} {(index == names.Count - 1 ? last : "=")} {values[index]}"));

    private sealed record ColumnType(string Name, string[] Literals);

    private sealed record Shape(
        string Table,
        IReadOnlyList<ColumnType> Partition,
        IReadOnlyList<ColumnType> Clustering,
        bool[] Descending,
        IReadOnlyList<ColumnType> Statics,
        IReadOnlyList<ColumnType> Values)
    {
        public IReadOnlyList<ColumnType> Keys { get; } = [.. Partition, .. Clustering];

        public IReadOnlyList<string> KeyNames { get; } =
            [.. Enumerable.Range(0, Partition.Count).Select(index => $"p{index}"), .. Enumerable.Range(0, Clustering.Count).Select(index => $"c{index}")];

        public string Definition
        {
            get
            {
                var columns = Columns("p", Partition, "").Concat(Columns("c", Clustering, "")).Concat(Columns("s", Statics, " STATIC")).Concat(Columns("v", Values, ""));
                var partition = string.Join(", ", KeyNames.Take(Partition.Count));
                var clustering = KeyNames.Skip(Partition.Count).ToArray();
                var order = clustering.Length == 0
                    ? ""
                    : $" WITH CLUSTERING ORDER BY ({string.Join(", ", clustering.Select((name, index) => $"{name} {(Descending[index] ? "DESC" : "ASC")}"))})";
                return $"CREATE TABLE {Table} ({string.Join(", ", columns)}, PRIMARY KEY (({partition}){string.Concat(clustering.Select(name => $", {name}"))})){order}";
            }
        }

        private static IEnumerable<string> Columns(string prefix, IReadOnlyList<ColumnType> types, string suffix) =>
            types.Select((type, index) => $"{prefix}{index} {type.Name}{suffix}");
    }
}
