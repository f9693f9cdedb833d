using System.Collections.Immutable;
using Ilium.Topology.Schema;

namespace Ilium.Tests.Topology;

/// <summary>The CQL that a schema is exported as, to the letter.</summary>
public class SchemaExportTests
{
    [Fact]
    public void A_table_with_everything_in_its_key()
    {
        var table = Table("Mixed",
        [
            Column("Key", "uuid", ColumnKind.PartitionKey, 0),
            Column("k2", "text", ColumnKind.PartitionKey, 1),
            Column("select", "timestamp", ColumnKind.Clustering, 0, ClusteringOrder.Descending),
            Column("c", "int", ColumnKind.Clustering, 1),
            Column("s", "text", ColumnKind.Static),
            Column("m", "map<text, frozen<list<int>>>"),
            new ColumnMetadata("secret", "text", CqlType.Text, ColumnKind.Regular, -1, ClusteringOrder.None, new ColumnMask("system", "mask_inner", ["1", "null", "'*'"])),
        ], ("comment", "it's"), ("gc_grace_seconds", 10), ("crc_check_chance", 1d), ("bloom_filter_fp_chance", 0.01), ("cdc", true),
            ("caching", Map(("keys", "ALL"))), ("extensions", Bytes(("e", [1, 0xAB]))));
        Assert.Equal(
            """
            CREATE TABLE ks."Mixed" (
                "Key" uuid,
                k2 text,
                "select" timestamp,
                c int,
                s text static,
                m map<text, frozen<list<int>>>,
                secret text MASKED WITH system.mask_inner(1, null, '*'),
                PRIMARY KEY (("Key", k2), "select", c)
            ) WITH CLUSTERING ORDER BY ("select" DESC, c ASC)
                AND bloom_filter_fp_chance = 0.01
                AND caching = {'keys': 'ALL'}
                AND cdc = true
                AND comment = 'it''s'
                AND crc_check_chance = 1.0
                AND extensions = {'e': 0x01ab}
                AND gc_grace_seconds = 10;
            """, table.ToCql());
    }

    [Fact]
    public void A_table_with_one_key_column_its_indexes_triggers_and_views()
    {
        var view = new ViewMetadata(
            "ks", "By V", null, [Column("v", "int", ColumnKind.PartitionKey, 0), Column("k", "int", ColumnKind.Clustering, 0, ClusteringOrder.Descending)],
            Options(("comment", "a view"), ("default_time_to_live", 0)), "t", false, "v IS NOT NULL AND k IS NOT NULL");
        var table = new TableMetadata(
            "ks", "t", null, [Column("k", "int", ColumnKind.PartitionKey, 0), Column("v", "int"), Column("m", "map<int, text>")], TableOptions.None, TableShape.None,
            [
                new IndexMetadata("ks", "t", "plain", null, "keys(m)", Map()),
                new IndexMetadata("ks", "t", "Sai", "StorageAttachedIndex", "v", Map(("case_sensitive", "false"))),
                new IndexMetadata("ks", "t", "sasi", "org.apache.cassandra.index.sasi.SASIIndex", "v", Map()),
                new IndexMetadata("ks", "t", "local", null, """{"pk":["k"],"ck":["V"]}""", Map()),
            ],
            [new TriggerMetadata("ks", "t", "Trig", Map(("class", "com.example.It's")))], [view]);
        Assert.Equal(
            """
            CREATE TABLE ks.t (
                k int PRIMARY KEY,
                v int,
                m map<int, text>
            );

            CREATE INDEX plain ON ks.t (keys(m));

            CREATE CUSTOM INDEX "Sai" ON ks.t (v) USING 'StorageAttachedIndex' WITH OPTIONS = {'case_sensitive': 'false'};

            CREATE CUSTOM INDEX sasi ON ks.t (v) USING 'org.apache.cassandra.index.sasi.SASIIndex';

            CREATE INDEX local ON ks.t ((k), "V");

            CREATE TRIGGER "Trig" ON ks.t USING 'com.example.It''s';

            CREATE MATERIALIZED VIEW ks."By V" AS
                SELECT v, k
                FROM ks.t
                WHERE v IS NOT NULL AND k IS NOT NULL
                PRIMARY KEY (v, k)
             WITH CLUSTERING ORDER BY (k DESC)
                AND comment = 'a view';
            """, table.ToCql());
        Assert.Equal(
            [IndexKind.Secondary, IndexKind.StorageAttached, IndexKind.Sasi, IndexKind.Secondary], table.Indexes.Select(index => index.Kind));
    }

    [Fact]
    public void Types_come_after_those_they_use_then_functions_aggregates_and_tables()
    {
        var inner = new CqlUserType("ks", "z_inner", [new CqlField("a", CqlType.Int)]);
        var outer = new CqlUserType("ks", "Outer", [new CqlField("i", new CqlListType(inner))]);
        var keyspace = new KeyspaceMetadata(new KeyspaceParts
        {
            Name = "ks",
            DurableWrites = false,
            Replication = Map(("class", "org.apache.cassandra.locator.NetworkTopologyStrategy"), ("dc1", "3")),
            Types = Sorted(
                ("Outer", new UserDefinedTypeMetadata(outer, [new UserDefinedTypeField("i", outer.Fields[0].Type, "list<frozen<z_inner>>")])),
                ("z_inner", new UserDefinedTypeMetadata(inner, [new UserDefinedTypeField("a", CqlType.Int, "int")]))),
            Functions = Sorted(("plus(int, int)", Function("plus", "return a + b;"))),
            Aggregates = Sorted(("total(int)", new AggregateMetadata
            {
                Keyspace = "ks",
                Name = "total",
                ArgumentTypes = [CqlType.Int],
                DeclaredArgumentTypes = ["int"],
                StateFunction = "plus",
                StateType = CqlType.Int,
                DeclaredStateType = "int",
                ReturnType = CqlType.Int,
                InitialCondition = "0",
            })),
            Tables = Sorted(("t", Table("t", [Column("k", "int", ColumnKind.PartitionKey, 0)]))),
        });
        Assert.Equal(
            """
            CREATE KEYSPACE ks WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'} AND durable_writes = false;

            CREATE TYPE ks.z_inner (
                a int
            );

            CREATE TYPE ks."Outer" (
                i list<frozen<z_inner>>
            );

            CREATE FUNCTION ks.plus(a int, b int)
                CALLED ON NULL INPUT
                RETURNS int
                LANGUAGE java
                AS $$return a + b;$$;

            CREATE AGGREGATE ks.total(int)
                SFUNC plus
                STYPE int
                INITCOND 0;

            CREATE TABLE ks.t (
                k int PRIMARY KEY
            );
            """, keyspace.ToCql());
    }

    [Fact]
    public void A_body_with_dollars_of_its_own_is_a_text_constant()
    {
        var function = Function("odd", "return \"$$\" + 'x';");
        Assert.EndsWith("AS 'return \"$$\" + ''x'';';", function.ToCql(), StringComparison.Ordinal);
        Assert.Equal("odd(int, int)", function.Signature);
        Assert.EndsWith("AS 'return a; // $';", Function("last", "return a; // $").ToCql(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_statement_makes_is_a_comment_that_its_own_text_cannot_end()
    {
        var table = new TableMetadata(
            "system_views", "clients", null, [Column("address", "inet", ColumnKind.PartitionKey, 0), Column("port", "int", ColumnKind.Clustering, 0)],
            Options(("comment", "ends */ here")), TableShape.Virtual, [], [], []);
        Assert.Equal(
            """
            /*
            system_views.clients is a virtual table: the server makes it by itself. It looks like this:

            VIRTUAL TABLE system_views.clients (
                address inet,
                port int,
                PRIMARY KEY (address, port)
            ) WITH comment = 'ends * / here';
            */
            """, table.ToCql());
        Assert.Empty(table.ToCqlStatements());
        Assert.False(table.CanBeCreated);
    }

    [Fact]
    public void Options_that_newer_servers_list_and_no_longer_take_are_left_out_and_unknown_ones_kept()
    {
        var options = Options(
            ("read_repair", "BLOCKING"), ("read_repair_chance", 0d), ("dclocal_read_repair_chance", 0d), ("extensions", Bytes()), ("paxos_grace_seconds", 5L),
            ("tags", ImmutableArray.Create("a", "b")));
        Assert.Equal("paxos_grace_seconds = 5\n    AND read_repair = 'BLOCKING'\n    AND tags = ['a', 'b']", options.ToString());
        Assert.Equal(
            "dclocal_read_repair_chance = 0.1\n    AND read_repair_chance = 1.0",
            Options(("read_repair_chance", 1d), ("dclocal_read_repair_chance", 0.1)).ToString());
        Assert.Equal(("BLOCKING", 0d, null), (options.ReadRepair, options.ReadRepairChance, options.Cdc));
    }

    internal static ColumnMetadata Column(
        string name, string type, ColumnKind kind = ColumnKind.Regular, int position = -1, ClusteringOrder order = ClusteringOrder.None) =>
        new(name, type, CqlTypeText.Parse(type, static _ => null), kind, position, kind == ColumnKind.Clustering && order == ClusteringOrder.None ? ClusteringOrder.Ascending : order, null);

    private static TableMetadata Table(string name, IReadOnlyList<ColumnMetadata> columns, params (string, object)[] options) =>
        new("ks", name, null, columns, Options(options), TableShape.None, [], [], []);

    private static FunctionMetadata Function(string name, string body) => new()
    {
        Keyspace = "ks",
        Name = name,
        Arguments = [new FunctionArgument("a", CqlType.Int, "int"), new FunctionArgument("b", CqlType.Int, "int")],
        ReturnType = CqlType.Int,
        DeclaredReturnType = "int",
        Language = "java",
        Body = body,
        IsCalledOnNullInput = true,
    };

    private static TableOptions Options(params (string, object)[] options) => new(Sorted(options));

    private static ImmutableSortedDictionary<string, string> Map(params (string, string)[] entries) => Sorted(entries);

    private static ImmutableSortedDictionary<string, byte[]> Bytes(params (string, byte[])[] entries) => Sorted(entries);

    private static ImmutableSortedDictionary<string, T> Sorted<T>(params (string Key, T Value)[] entries) =>
        entries.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
}
