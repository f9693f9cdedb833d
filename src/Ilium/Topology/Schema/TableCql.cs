using System.Text;

namespace Ilium.Topology.Schema;

/// <summary>Writes CREATE TABLE and CREATE MATERIALIZED VIEW.</summary>
internal static class TableCql
{
    private const string NextOption = "\n    AND ";

    internal static string Create(TableMetadata table)
    {
        var text = new StringBuilder();
        AppendColumns(text.Append("CREATE TABLE ").Append(table.QualifiedName), table);
        AppendOptions(text.Append(')'), table, table.IsCompactStorage, isView: false);
        return text.Append(';').ToString();
    }

    internal static string Create(ViewMetadata view)
    {
        var columns = view.IncludesAllColumns ? "*" : string.Join(", ", view.Columns.Select(static column => CqlIdentifier.ToCql(column.Name)));
        var text = new StringBuilder("CREATE MATERIALIZED VIEW ").Append(view.QualifiedName).Append(" AS\n    SELECT ").Append(columns)
            .Append("\n    FROM ").Append(CqlIdentifier.ToCql(view.Keyspace)).Append('.').Append(CqlIdentifier.ToCql(view.BaseTable))
            .Append("\n    WHERE ").Append(view.WhereClause).Append("\n    PRIMARY KEY ").Append(PrimaryKey(view));
        AppendOptions(text, view, isCompact: false, isView: true);
        return text.Append(';').ToString();
    }

    /// <summary>What a table looks like that no statement makes.</summary>
    internal static string Comment(TableMetadata table)
    {
        var text = new StringBuilder("/*\n").Append(table.QualifiedName)
            .Append(table.IsVirtual ? " is a virtual table: the server makes it by itself." : " has super columns: CQL can't make it.").Append(" It looks like this:\n\n");
        AppendColumns(text.Append(table.IsVirtual ? "VIRTUAL TABLE " : "TABLE ").Append(table.QualifiedName), table);
        text.Append(')');
        if (table.Options.Comment.Length > 0)
        {
            text.Append(" WITH comment = ").Append(CqlLiteral.Text(table.Options.Comment));
        }

        // Whatever the text holds must not end the comment.
        return text.Append(';').Replace("*/", "* /", 3, text.Length - 3).Append("\n*/").ToString();
    }

    private static void AppendColumns(StringBuilder text, TableMetadata table)
    {
        text.Append(" (\n");
        var single = table.PartitionKey.Count == 1 && table.ClusteringKey.Count == 0;
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = table.Columns[i];
            text.Append("    ").Append(CqlIdentifier.ToCql(column.Name)).Append(' ').Append(column.DeclaredType);
            text.Append(column.IsStatic ? " static" : "");
            text.Append(single && column.Kind == ColumnKind.PartitionKey ? " PRIMARY KEY" : "");
            if (column.Mask is { } mask)
            {
                text.Append(" MASKED WITH ").Append(mask.ToCql());
            }

            text.Append(single && i == table.Columns.Count - 1 ? "\n" : ",\n");
        }

        if (!single)
        {
            text.Append("    PRIMARY KEY ").Append(PrimaryKey(table)).Append('\n');
        }
    }

    private static string PrimaryKey(RelationMetadata relation)
    {
        var partition = string.Join(", ", relation.PartitionKey.Select(static column => CqlIdentifier.ToCql(column.Name)));
        var clustering = relation.ClusteringKey.Select(static column => CqlIdentifier.ToCql(column.Name));
        return $"({string.Join(", ", clustering.Prepend(relation.PartitionKey.Count == 1 ? partition : $"({partition})"))})";
    }

    private static void AppendOptions(StringBuilder text, RelationMetadata relation, bool isCompact, bool isView)
    {
        var before = isView ? "\n WITH " : " WITH ";
        if (isCompact)
        {
            text.Append(before).Append("COMPACT STORAGE");
            before = NextOption;
        }

        if (relation.ClusteringKey.Count > 0)
        {
            var order = relation.ClusteringKey.Select(static column => $"{CqlIdentifier.ToCql(column.Name)} {(column.Order == ClusteringOrder.Descending ? "DESC" : "ASC")}");
            text.Append(before).Append("CLUSTERING ORDER BY (").AppendJoin(", ", order).Append(')');
            before = NextOption;
        }

        relation.Options.AppendTo(text, before, isView);
    }
}
