using System.Text.RegularExpressions;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Schema;

[Collection(PlainRingCollection.Name)]
public partial class RichSchemaTests(ClassKeyspace shared) : IClassFixture<ClassKeyspace>
{
    // Servers fill these in where nothing was said, and do not store them.
    private static readonly string[] ServerDefaults = ["allow_auto_snapshot = true", "cdc = false", "extensions = {}", "incremental_backups = true", "memtable = 'default'"];

    [Fact]
    public async Task What_is_exported_makes_the_same_schema_again()
    {
        var session = await shared.SessionAsync(ProtocolVersion.V5);
        var cluster = session.Cluster;
        var name = shared.Name + shared.NewName("rich");
        await RichSchema.CreateAsync(session, name);
        var before = (await cluster.RefreshSchemaAsync(name, cancellationToken: CqlText.Cancelled)).FindKeyspace(name)!;

        await session.RunAsync($"DROP KEYSPACE {name}");
        Assert.Null((await cluster.RefreshSchemaAsync(name, cancellationToken: CqlText.Cancelled)).FindKeyspace(name));
        foreach (var statement in before.ToCqlStatements())
        {
            await session.RunAsync(statement);
        }

        var after = (await cluster.RefreshSchemaAsync(name, cancellationToken: CqlText.Cancelled)).FindKeyspace(name)!;
        Assert.Equal(SchemaText.Of(before), SchemaText.Of(after));
        Assert.Equal(before.ToCql(), after.ToCql());
        Assert.Equal((3, 4, 3, 9, 2), (after.Types.Count, after.Functions.Count, after.Aggregates.Count, after.Tables.Count, after.Views.Count));
        Assert.Equal(14, after.Indexes.Count());
        await AssertDescribed(session, after);
        AssertRead(after);
        await session.RunAsync($"DROP KEYSPACE {name}");
    }

    /// <summary>The export says what the server's own DESCRIBE says, but for options that are not stored.</summary>
    private static async Task AssertDescribed(Session session, KeyspaceMetadata keyspace)
    {
        var described = await session.Cluster.DescribeAsync(keyspace.Name, cancellationToken: CqlText.Cancelled);
        var exported = keyspace.ToCqlStatements();

        // The server does not describe tables WITH COMPACT STORAGE as statements.
        Assert.Equal(described.Count, exported.Count);
        var own = exported.Where(statement => !statement.Contains("COMPACT STORAGE", StringComparison.Ordinal)).Select(Normal).Order(StringComparer.Ordinal);
        var servers = described.Where(statement => !statement.StartsWith("/*", StringComparison.Ordinal)).Select(Normal).Order(StringComparer.Ordinal);
        Assert.Equal(servers, own);
        Assert.Equal(1 + keyspace.FindTable("c")!.Indexes.Count + 2, (await session.Cluster.DescribeAsync(keyspace.Name, "c", CqlText.Cancelled)).Count);
        Assert.StartsWith("CREATE MATERIALIZED VIEW", Assert.Single(await session.Cluster.DescribeAsync(keyspace.Name, "ByN", CqlText.Cancelled)), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.Cluster.DescribeAsync("no_such_keyspace", cancellationToken: CqlText.Cancelled));

        static string Normal(string cql) => !IsRelation().IsMatch(cql)
            ? Spaces().Replace(cql, " ")
            : string.Join('\n', cql.Split('\n').Select(line => Joint().Replace(line.Trim(), "").TrimEnd(',', ';'))
                .Where(line => !ServerDefaults.Contains(line)).Order(StringComparer.Ordinal));
    }

    private static void AssertRead(KeyspaceMetadata keyspace)
    {
        Assert.Equal(("NetworkTopologyStrategy", "1", false), (keyspace.ReplicationStrategy, keyspace.Replication["dc1"], keyspace.DurableWrites));
        var table = keyspace.FindTable("MixedCase")!;
        Assert.Equal(["Key", "k2"], table.PartitionKey.Select(column => column.Name));
        Assert.Equal([("select", ClusteringOrder.Descending), ("c2", ClusteringOrder.Ascending)], table.ClusteringKey.Select(column => (column.Name, column.Order)));
        Assert.Equal(["Key", "k2", "select", "c2", "s", "a", "d", "m2", "names", "quo\"ted", "secret", "secret2", "t", "tags", "v", "vec"], table.Columns.Select(column => column.Name));
        Assert.True(table.FindColumn("s")!.IsStatic);
        Assert.Equal("system.mask_inner(1, null, '*')", table.FindColumn("secret2")!.Mask!.ToCql());
        var person = Assert.IsType<CqlUserType>(table.FindColumn("quo\"ted")!.Type);
        Assert.Equal(keyspace.FindType("address")!.Type, person.Fields.Single(field => field.Name == "home").Type);
        Assert.Equal(new CqlVectorType(CqlType.Float, 3), table.FindColumn("vec")!.Type);
        Assert.Equal((0.05, 86400, false, 64, "50ms"), (
            table.Options.BloomFilterFalsePositiveChance, table.Options.DefaultTimeToLive, table.Options.AllowAutoSnapshot, table.Options.MinIndexInterval, table.Options.SpeculativeRetry));
        Assert.Equal("32", table.Options.Compression["chunk_length_in_kb"]);

        var c = keyspace.FindTable("c")!;
        Assert.Equal((IndexKind.Sasi, IndexKind.StorageAttached, IndexKind.Secondary), (c.FindIndex("sasi")!.Kind, c.FindIndex("ann")!.Kind, c.FindIndex("c_m_idx")!.Kind));
        Assert.Equal(("keys(m)", "full(fm)", "euclidean"), (c.FindIndex("sai_keys")!.Target, c.FindIndex("sai_full")!.Target, c.FindIndex("ann")!.Options["similarity_function"]));
        Assert.Equal(["ByN", "all_c"], c.Views.Select(view => view.Name));
        Assert.Equal(("c", true, "b IS NOT NULL AND id IS NOT NULL"), (keyspace.FindView("all_c")!.BaseTable, keyspace.FindView("all_c")!.IncludesAllColumns, keyspace.FindView("all_c")!.WhereClause));

        var function = keyspace.FindFunction("plus", "int", "int")!;
        Assert.Equal(("java", true, CqlType.Int), (function.Language, function.IsCalledOnNullInput, function.ReturnType));
        Assert.NotNull(keyspace.FindFunction("Odd Name", "list<int>", "tuple<int, text>"));
        var aggregate = keyspace.FindAggregate("total", "int")!;
        Assert.Equal(("plus", "twice", "0"), (aggregate.StateFunction, aggregate.FinalFunction, aggregate.InitialCondition));
        Assert.Equal((true, false), (keyspace.FindTable("counters")!.IsCounter, c.IsCounter));
        Assert.True(keyspace.FindTable("compactcols")!.IsCompactStorage);
        Assert.Equal(["id", "a"], keyspace.FindTable("compactcols")!.Columns.Select(column => column.Name));
    }

    [GeneratedRegex("^CREATE (TABLE|MATERIALIZED VIEW)")]
    private static partial Regex IsRelation();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // What stands before an option, which depends on its place.
    [GeneratedRegex(@"^(\) WITH |WITH |AND )")]
    private static partial Regex Joint();
}
