namespace Ilium.Topology.Schema;

/// <summary>Makes tables and views of their rows. Used by one thread.</summary>
internal sealed class RelationBuilder(string keyspace, KeyspaceRows rows, TypeResolver resolver, OptionsReader options)
{
    // The type of the one column that a table of keys only, made WITH COMPACT STORAGE, has to have somewhere.
    private const string EmptyType = "empty";

    /// <summary>A table; null when its columns aren't there (yet): the schema is changing, and an event will say so.</summary>
    internal TableMetadata? Table(SchemaRow row, Func<string, IReadOnlyList<ViewMetadata>> viewsOf)
    {
        var name = row.Required("table_name");
        var flags = row.Texts("flags");
        var shape = Shape(row, flags);
        var columns = Columns(name, column => IsVisible(column, shape, flags));
        if (columns.Count == 0)
        {
            return null;
        }

        if (shape.HasFlag(TableShape.Compact) && !IsDense(flags))
        {
            // Kept as static columns inside, these are its ordinary ones.
            columns = [.. columns.Select(static column => column.IsStatic ? column.AsRegular() : column)];
        }

        return new TableMetadata(keyspace, name, row.Uuid("id"), columns, options.Read(row), shape, Indexes(name), Triggers(name), viewsOf(name));
    }

    /// <summary>A view; null when its columns aren't there (yet).</summary>
    internal ViewMetadata? View(SchemaRow row)
    {
        var name = row.Required("view_name");
        var columns = Columns(name, static _ => true);
        return columns.Count == 0
            ? null
            : new ViewMetadata(
                keyspace, name, row.Uuid("id"), columns, options.Read(row), row.Required("base_table_name"), row.Boolean("include_all_columns") ?? false,
                row.Text("where_clause") ?? "");
    }

    private TableShape Shape(SchemaRow row, IReadOnlyList<string> flags)
    {
        if (rows.IsVirtual)
        {
            return TableShape.Virtual;
        }

        var shape = flags.Contains("counter") ? TableShape.Counter : TableShape.None;
        shape |= flags.Contains("super") ? TableShape.Super : TableShape.None;
        var isKnown = row.Columns.Any(static column => column.Name == "flags");
        return isKnown && (flags.Contains("super") || IsDense(flags) || !flags.Contains("compound")) ? shape | TableShape.Compact : shape;
    }

    private static bool IsDense(IReadOnlyList<string> flags) => flags.Contains("dense");

    private static bool IsVisible(ColumnMetadata column, TableShape shape, IReadOnlyList<string> flags)
    {
        if (!shape.HasFlag(TableShape.Compact) || shape.HasFlag(TableShape.Super))
        {
            return true;
        }

        return IsDense(flags)
            ? column.Kind != ColumnKind.Regular || column.DeclaredType != EmptyType
            : column.Kind is ColumnKind.PartitionKey or ColumnKind.Static;
    }

    private IReadOnlyList<ColumnMetadata> Columns(string relation, Func<ColumnMetadata, bool> isVisible)
    {
        if (!rows.Columns.TryGetValue(relation, out var found))
        {
            return [];
        }

        var masks = rows.Masks.TryGetValue(relation, out var masked) ? masked.ToDictionary(static row => row.Required("column_name"), StringComparer.Ordinal) : null;
        var columns = found.Select(row => Column(row, masks)).Where(isVisible).ToArray();
        Array.Sort(columns, static (left, right) => (Rank(left), left.Position).CompareTo((Rank(right), right.Position)) is var order and not 0
            ? order
            : string.CompareOrdinal(left.Name, right.Name));
        return Array.Exists(columns, static column => column.Kind == ColumnKind.PartitionKey) ? [.. columns] : [];
    }

    private ColumnMetadata Column(SchemaRow row, Dictionary<string, SchemaRow>? masks)
    {
        var name = row.Required("column_name");
        var type = row.Required("type");
        var kind = row.Text("kind") switch
        {
            "partition_key" => ColumnKind.PartitionKey,
            "clustering" => ColumnKind.Clustering,
            "static" => ColumnKind.Static,
            _ => ColumnKind.Regular,
        };
        var isDescending = string.Equals(row.Text("clustering_order"), "desc", StringComparison.OrdinalIgnoreCase);
        var order = kind != ColumnKind.Clustering ? ClusteringOrder.None : isDescending ? ClusteringOrder.Descending : ClusteringOrder.Ascending;
        var position = kind is ColumnKind.PartitionKey or ColumnKind.Clustering ? row.Int("position") ?? 0 : -1;
        var mask = masks is not null && masks.TryGetValue(name, out var masked) ? Mask(masked) : null;
        return new ColumnMetadata(name, type, resolver.Resolve(type), kind, position, order, mask);
    }

    private ColumnMask Mask(SchemaRow row)
    {
        var types = row.Texts("function_argument_types");
        var values = row.Texts("function_argument_values");
        var nulls = row.Booleans("function_argument_nulls");
        return new ColumnMask(
            row.Text("function_keyspace") ?? "system", row.Required("function_name"),
            [.. values.Select((value, i) => i < nulls.Count && nulls[i] ? "null" : ColumnMask.Argument(i < types.Count ? resolver.Resolve(types[i]) : CqlType.Text, value))]);
    }

    private IReadOnlyList<IndexMetadata> Indexes(string table) => rows.Indexes.TryGetValue(table, out var found)
        ? [.. found.Select(row => Index(table, row)).OrderBy(static index => index.Name, StringComparer.Ordinal)]
        : [];

    private IndexMetadata Index(string table, SchemaRow row)
    {
        var all = row.Map("options");
        return new IndexMetadata(
            keyspace, table, row.Required("index_name"), row.Text("kind") == "CUSTOM" ? all.GetValueOrDefault("class_name", "") : null,
            all.GetValueOrDefault("target", ""), all.Remove("target").Remove("class_name"));
    }

    private IReadOnlyList<TriggerMetadata> Triggers(string table) => rows.Triggers.TryGetValue(table, out var found)
        ? [.. found.Select(row => new TriggerMetadata(keyspace, table, row.Required("trigger_name"), row.Map("options")))
            .OrderBy(static trigger => trigger.Name, StringComparer.Ordinal)]
        : [];

    private static int Rank(ColumnMetadata column) => column.Kind switch
    {
        ColumnKind.PartitionKey => 0,
        ColumnKind.Clustering => 1,
        ColumnKind.Static => 2,
        _ => 3,
    };
}
