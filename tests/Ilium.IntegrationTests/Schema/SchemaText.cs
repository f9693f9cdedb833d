using System.Globalization;

namespace Ilium.IntegrationTests.Schema;

/// <summary>All that the model says, but for ids, line by line: two keyspaces are equal when these are.</summary>
internal static class SchemaText
{
    internal static IReadOnlyList<string> Of(KeyspaceMetadata keyspace) =>
    [
        $"keyspace {keyspace.Name} virtual={keyspace.IsVirtual} durable={keyspace.DurableWrites} {Of(keyspace.Replication)}",
        .. keyspace.Types.Values.SelectMany(type => type.Fields.Select(field => $"type {type.Name}.{field.Name}: {field.DeclaredType} = {field.Type}").Prepend($"type {type.Type}")),
        .. keyspace.Functions.Select(entry => $"function {entry.Key}: {entry.Value.ToCql()} {entry.Value.ReturnType} {string.Join(", ", entry.Value.Arguments)}"),
        .. keyspace.Aggregates.Select(entry => $"aggregate {entry.Key}: {entry.Value.ToCql()} {entry.Value.StateType} {entry.Value.ReturnType}"),
        .. keyspace.Tables.Values.SelectMany(Of),
        .. keyspace.Views.Values.SelectMany(Of),
    ];

    internal static IEnumerable<string> Of(TableMetadata table) =>
    [
        .. Of((RelationMetadata)table),
        $"{table} compact={table.IsCompactStorage} counter={table.IsCounter} virtual={table.IsVirtual} views={string.Join(", ", table.Views.Select(view => view.Name))}",
        .. table.Indexes.Select(index => $"{table} index {index.Name}: {index.Kind} {index.ClassName} {index.Target} {Of(index.Options)}"),
        .. table.Triggers.Select(trigger => $"{table} trigger {trigger.Name}: {trigger.ClassName}"),
    ];

    private static IEnumerable<string> Of(ViewMetadata view) =>
        Of((RelationMetadata)view).Append($"{view} of {view.BaseTable} where {view.WhereClause} all={view.IncludesAllColumns}");

    private static IEnumerable<string> Of(RelationMetadata relation) =>
    [
        .. relation.Columns.Select(column =>
            $"{relation} column {column.Name}: {column.DeclaredType} = {column.Type} {column.Kind} {column.Position} {column.Order} {column.Mask}"),
        $"{relation} key {string.Join(", ", relation.PartitionKey.Select(column => column.Name))} | {string.Join(", ", relation.ClusteringKey.Select(column => column.Name))}",
        .. relation.Options.All.Select(option => string.Create(CultureInfo.InvariantCulture, $"{relation} option {option.Key} ({option.Value.GetType().Name})")),
        $"{relation} options {relation.Options}",
    ];

    private static string Of(IReadOnlyDictionary<string, string> map) => string.Join(", ", map.Select(entry => $"{entry.Key}={entry.Value}"));
}
