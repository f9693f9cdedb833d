using System.Collections.Concurrent;
using System.Globalization;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Types;

/// <summary>
/// A table with one column of each CQL type that a class tests, and the check they all share: what a literal is read as, and that values of .NET types
/// are the same bytes and the same JSON to the server.
/// </summary>
public sealed class TypeColumns(PlainRing plain) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _tables = new();
    private int _rows;

    public ClassKeyspace Keyspace { get; } = new(plain);

    public ValueTask DisposeAsync() => Keyspace.DisposeAsync();

    public async Task<TypeColumn> OfAsync(ProtocolVersion version, string type)
    {
        var session = await Keyspace.SessionAsync(version);
        var table = await _tables.GetOrAdd(type, name => new(() => Keyspace.TableAsync(session, $"id int PRIMARY KEY, v {name}"))).Value;
        return new TypeColumn(this, session, table, await session.PrepareAsync($"INSERT INTO {table} (id, v) VALUES (?, ?)".AsCql(), CqlText.Cancelled));
    }

    /// <summary>
    /// Writes the literal and reads it as each value's type; writes each value and compares the bytes and the server's JSON with the literal's.
    /// </summary>
    internal async Task CheckAsync(ProtocolVersion version, string type, string literal, string? json, params TypedValue[] values)
    {
        var column = await OfAsync(version, type);
        var row = await column.LiteralAsync(literal);
        var what = $"{type} {literal}";
        Assert.Equal($"{what} is {json ?? "null"}", $"{what} is {row.Get<string?>("json") ?? "null"}");
        Assert.All(values.Where(value => value.Reads), value => value.Check(row));
        foreach (var value in values.Where(value => value.Writes))
        {
            var written = await column.WrittenAsync(value);
            Assert.Equal($"{value} as {what}: {Convert.ToHexString(row.GetBytes(0))}", $"{value} as {what}: {Convert.ToHexString(written.GetBytes(0))}");
            Assert.Equal(json, written.Get<string?>("json"));
        }
    }

    internal string NextRow() => Interlocked.Increment(ref _rows).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A table <c>(id int PRIMARY KEY, v …)</c> over one protocol version.</summary>
public sealed class TypeColumn(TypeColumns columns, Session session, string table, PreparedStatement insert)
{
    public Session Session => session;

    public PreparedStatement Insert => insert;

    public CqlType Type => insert.Variables[1].Type;

    /// <summary>What the server makes of a literal: columns <c>v</c> and <c>json</c>.</summary>
    public async Task<Row> LiteralAsync(string literal)
    {
        var id = columns.NextRow();
        await session.RunAsync($"INSERT INTO {table} (id, v) VALUES ({id}, {literal})");
        return await RowAsync(id);
    }

    /// <summary>What the server makes of a value: columns <c>v</c> and <c>json</c>.</summary>
    public async Task<Row> WrittenAsync<T>(T value)
    {
        var id = columns.NextRow();
        await session.RunAsync(insert.Bind(int.Parse(id, CultureInfo.InvariantCulture), value));
        return await RowAsync(id);
    }

    internal async Task<Row> WrittenAsync(TypedValue value)
    {
        var id = columns.NextRow();
        await session.RunAsync(value.Bind(insert, int.Parse(id, CultureInfo.InvariantCulture)));
        return await RowAsync(id);
    }

    private async Task<Row> RowAsync(string id) => (await session.RunAsync($"SELECT v, to_json(v) AS json FROM {table} WHERE id = {id}")).First();
}
