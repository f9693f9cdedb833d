using System.Globalization;
using System.Reflection;
using CsCheck;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.Tests.Types.Random;

namespace Ilium.IntegrationTests.Types;

/// <summary>
/// Random values of random types, three deep, through the real server: those written as CQL text and those bound are the same bytes and the same JSON to it, are read as any CLR type as
/// the value they are, and are the same bytes again when that is written back. ILIUM_SEED in the environment gives other values than the usual ones.
/// </summary>
[Collection(PlainRingCollection.Name)]
public class RandomTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    private const int Columns = 20;
    private const int Rows = 10;

    private static readonly MethodInfo Get = typeof(Row).GetMethod(nameof(Row.Get), [typeof(int)])!;

    private readonly ulong _seed = ulong.Parse(Environment.GetEnvironmentVariable("ILIUM_SEED") ?? "20261125", CultureInfo.InvariantCulture);

    [Theory, EachVersion]
    public async Task Any_value_of_any_type_is_the_same_to_server_and_driver(ProtocolVersion version)
    {
        // Other types and values on each version.
        var seed = _seed + (ulong)version;
        var session = await columns.Keyspace.SessionAsync(version);
        var types = Enumerable.Range(0, Columns).Select(i => RandomCase.Draw(RandomTypes.Of(3), seed, i)).ToArray();
        foreach (var definition in types.SelectMany(RandomTypes.Definitions))
        {
            await session.RunAsync(definition);
        }

        var names = Enumerable.Range(0, Columns).Select(i => $"c{i}").ToArray();
        var table = await columns.Keyspace.TableAsync(session, $"id int PRIMARY KEY, {string.Join(", ", types.Select((type, i) => $"c{i} {RandomTypes.Cql(type, IsFrozen(i))}"))}");
        var insert = await session.PrepareAsync($"INSERT INTO {table} (id, {string.Join(", ", names)}) VALUES (?{string.Concat(names.Select(_ => ", ?"))})".AsCql(), CqlText.Cancelled);
        var described = insert.Variables.Skip(1).Select(variable => variable.Type).ToArray();
        Assert.Equal(types.Select(type => $"{InKeyspace(type)}"), described.Select(type => $"{type}"));
        for (var i = 0; i < Rows; i++)
        {
            var cases = types.Select((type, column) => RandomCase.Draw(RandomCase.Of(type), seed, (i * Columns) + column)).ToArray();
            try
            {
                await CheckAsync(session, insert, table, names, cases, i);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {_seed}, {version}, row {i}", e);
            }
        }
    }

    private static async Task CheckAsync(Session session, PreparedStatement insert, string table, string[] names, RandomCase[] cases, int i)
    {
        await session.RunAsync($"INSERT INTO {table} (id, {string.Join(", ", names)}) VALUES ({i}, {string.Join(", ", cases.Select(one => CqlLiteral.Of(one.Type, one.Value)))})");
        await session.RunAsync(insert.Bind([i + 1000, .. cases.Select((one, column) => ClrShapes.Objects(insert.Variables[column + 1].Type, one.Value))]));
        var select = $"SELECT {string.Join(", ", names)}, {string.Join(", ", names.Select(name => $"to_json({name})"))} FROM {table} WHERE id = ";
        var literal = (await session.RunAsync(select + i.ToString(CultureInfo.InvariantCulture))).First();
        var bound = (await session.RunAsync(select + (i + 1000).ToString(CultureInfo.InvariantCulture))).First();
        var again = new List<object?> { i + 2000 };
        for (var column = 0; column < cases.Length; column++)
        {
            var one = cases[column];
            Assert.Equal($"{one}: {Convert.ToHexString(literal.GetBytes(column))}", $"{one}: {Convert.ToHexString(bound.GetBytes(column))}");
            Assert.Equal($"{one}: {literal.Get<string?>(column + Columns)}", $"{one}: {bound.Get<string?>(column + Columns)}");
            var isNull = !IsFrozen(column) && IsStoredAsNull(one);
            Assert.Equal($"{one}: {isNull}", $"{one}: {literal.IsNull(column)}");
            var read = Read(literal, column, one);
            again.Add(isNull ? null : read ?? ClrShapes.Objects(insert.Variables[column + 1].Type, one.Value));
            if (read is not null)
            {
                Assert.Equal($"{one}: {one.Text}", $"{one}: {ValueText.Of(one.Type, read)}");
            }
        }

        await session.RunAsync(insert.Bind([.. again]));
        var last = (await session.RunAsync(select + (i + 2000).ToString(CultureInfo.InvariantCulture))).First();
        for (var column = 0; column < cases.Length; column++)
        {
            Assert.Equal($"{cases[column]}: {Convert.ToHexString(literal.GetBytes(column))}", $"{cases[column]}: {Convert.ToHexString(last.GetBytes(column))}");
        }
    }

    /// <summary>Null for null, and for what is beyond the range of the CLR type, which must be an error.</summary>
    private static object? Read(Row row, int column, RandomCase one)
    {
        if (row.IsNull(column))
        {
            return null;
        }

        try
        {
            return Get.MakeGenericMethod(one.ClrType).Invoke(row, [column]);
        }
        catch (TargetInvocationException e) when (e.InnerException is InvalidValueException && one.IsBeyond)
        {
            return null;
        }
    }

    private static bool IsFrozen(int column) => column % 2 == 0;

    private static bool IsStoredAsNull(RandomCase one) => one switch
    {
        { Type: CqlListType or CqlSetType, Value: object[] items } => items.Length == 0,
        { Type: CqlMapType, Value: KeyValuePair<object, object>[] entries } => entries.Length == 0,
        { Type: CqlUserType, Value: object?[] fields } => fields.All(field => field is null),
        _ => false,
    };

    private CqlType InKeyspace(CqlType type) => type switch
    {
        CqlListType list => new CqlListType(InKeyspace(list.Element)),
        CqlSetType set => new CqlSetType(InKeyspace(set.Element)),
        CqlMapType map => new CqlMapType(InKeyspace(map.Key), InKeyspace(map.Value)),
        CqlVectorType vector => vector with { Element = InKeyspace(vector.Element) },
        CqlTupleType tuple => new CqlTupleType([.. tuple.Elements.Select(InKeyspace)]),
        CqlUserType user => new CqlUserType(columns.Keyspace.Name, user.Name, [.. user.Fields.Select(field => field with { Type = InKeyspace(field.Type) })]),
        _ => type,
    };
}
