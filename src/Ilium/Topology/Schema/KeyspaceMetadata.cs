using System.Collections.Immutable;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>A keyspace and everything in it. Immutable: a change makes a new one.</summary>
public sealed class KeyspaceMetadata
{
    private const string ReplicationPackage = "org.apache.cassandra.locator.";

    internal KeyspaceMetadata(KeyspaceParts parts)
    {
        Parts = parts;
    }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name => Parts.Name;

    /// <summary>True for a keyspace of the server's own state (4.0), which no statement makes.</summary>
    public bool IsVirtual => Parts.IsVirtual;

    /// <summary>False when writes skip the commit log.</summary>
    public bool DurableWrites => Parts.DurableWrites;

    /// <summary>How it is replicated: <c>class</c> and its options. Empty for virtual keyspaces.</summary>
    public IReadOnlyDictionary<string, string> Replication => Parts.Replication;

    /// <summary>The class of the replication strategy without its package, such as <c>NetworkTopologyStrategy</c>; empty for virtual keyspaces.</summary>
    public string ReplicationStrategy => ShortClass(Replication.GetValueOrDefault("class", ""));

    /// <summary>DSE: the graph engine; null without one.</summary>
    public string? GraphEngine => Parts.GraphEngine;

    /// <summary>Its tables, by name, in the order of their names. Views are not among them.</summary>
    public IReadOnlyDictionary<string, TableMetadata> Tables => Parts.Tables;

    /// <summary>Its materialized views, by name.</summary>
    public IReadOnlyDictionary<string, ViewMetadata> Views => Parts.Views;

    /// <summary>Its user-defined types, by name.</summary>
    public IReadOnlyDictionary<string, UserDefinedTypeMetadata> Types => Parts.Types;

    /// <summary>Its functions, by signature, such as <c>plus(int, int)</c>.</summary>
    public IReadOnlyDictionary<string, FunctionMetadata> Functions => Parts.Functions;

    /// <summary>Its aggregates, by signature, such as <c>total(int)</c>.</summary>
    public IReadOnlyDictionary<string, AggregateMetadata> Aggregates => Parts.Aggregates;

    /// <summary>The indexes of all its tables, by table and name.</summary>
    public IEnumerable<IndexMetadata> Indexes => Parts.Tables.Values.SelectMany(static table => table.Indexes);

    internal KeyspaceParts Parts { get; }

    /// <summary>The table of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    public TableMetadata? FindTable(string name) => Parts.Tables.GetValueOrDefault(name);

    /// <summary>The materialized view of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    public ViewMetadata? FindView(string name) => Parts.Views.GetValueOrDefault(name);

    /// <summary>The user-defined type of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    public UserDefinedTypeMetadata? FindType(string name) => Parts.Types.GetValueOrDefault(name);

    /// <summary>The function with this name and these types of arguments; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    /// <param name="argumentTypes">Its argument types as CQL writes them.</param>
    public FunctionMetadata? FindFunction(string name, params IEnumerable<string> argumentTypes) =>
        Parts.Functions.GetValueOrDefault(FunctionMetadata.SignatureOf(name, argumentTypes));

    /// <summary>The aggregate with this name and these types of arguments; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    /// <param name="argumentTypes">Its argument types as CQL writes them.</param>
    public AggregateMetadata? FindAggregate(string name, params IEnumerable<string> argumentTypes) =>
        Parts.Aggregates.GetValueOrDefault(FunctionMetadata.SignatureOf(name, argumentTypes));

    /// <summary>
    /// The statements that make it and all that is in it, in an order that works, each ending in a semicolon, with an empty line between them.
    /// What CQL can't make is there as a comment.
    /// </summary>
    public string ToCql() => string.Join("\n\n", Describe());

    /// <summary>The statements that make it and all that is in it, to be run one by one; empty for a virtual keyspace.</summary>
    public IReadOnlyList<string> ToCqlStatements() => IsVirtual
        ? []
        : [
            Create(),
            .. UserTypeOrder.Sort(Parts.Types.Values).Select(static type => type.ToCql()),
            .. Parts.Functions.Values.Select(static function => function.ToCql()),
            .. Parts.Aggregates.Values.Select(static aggregate => aggregate.ToCql()),
            .. Parts.Tables.Values.SelectMany(static table => table.ToCqlStatements()),
        ];

    /// <summary>Its name as CQL writes it.</summary>
    public override string ToString() => CqlIdentifier.ToCql(Name);

    private IEnumerable<string> Describe()
    {
        IEnumerable<string> comments = Parts.Tables.Values.Where(static table => !table.CanBeCreated).SelectMany(static table => table.Describe());
        return IsVirtual
            ? comments.Prepend($"/*\n{this} is a virtual keyspace: the server makes it by itself.\n*/")
            : ToCqlStatements().Concat(comments);
    }

    private string Create()
    {
        var options = Replication.Where(static option => option.Key != "class").Prepend(new("class", ReplicationStrategy));
        var graph = GraphEngine is null ? "" : $" AND graph_engine = {CqlLiteral.Text(GraphEngine)}";
        return $"CREATE KEYSPACE {this} WITH replication = {CqlLiteral.Map(options)} AND durable_writes = {(DurableWrites ? "true" : "false")}{graph};";
    }

    private static string ShortClass(string name) => name.StartsWith(ReplicationPackage, StringComparison.Ordinal) ? name[ReplicationPackage.Length..] : name;
}
