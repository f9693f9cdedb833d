using System.Collections.Immutable;

namespace Ilium.Topology.Schema;

/// <summary>What a <see cref="KeyspaceMetadata"/> is made of. Immutable; a change copies little more than what changed.</summary>
internal sealed record KeyspaceParts
{
    internal required string Name { get; init; }

    internal bool IsVirtual { get; init; }

    internal bool DurableWrites { get; init; } = true;

    internal string? GraphEngine { get; init; }

    internal ImmutableSortedDictionary<string, string> Replication { get; init; } = NoText;

    internal ImmutableSortedDictionary<string, TableMetadata> Tables { get; init; } = ImmutableSortedDictionary.Create<string, TableMetadata>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, ViewMetadata> Views { get; init; } = ImmutableSortedDictionary.Create<string, ViewMetadata>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, UserDefinedTypeMetadata> Types { get; init; } =
        ImmutableSortedDictionary.Create<string, UserDefinedTypeMetadata>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, FunctionMetadata> Functions { get; init; } =
        ImmutableSortedDictionary.Create<string, FunctionMetadata>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, AggregateMetadata> Aggregates { get; init; } =
        ImmutableSortedDictionary.Create<string, AggregateMetadata>(StringComparer.Ordinal);

    internal static ImmutableSortedDictionary<string, string> NoText { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>This with one table replaced, or without it; the views of it stay.</summary>
    internal KeyspaceParts WithTable(string name, TableMetadata? table) =>
        this with { Tables = table is null ? Tables.Remove(name) : Tables.SetItem(name, table.With(ViewsOf(name))) };

    /// <summary>This with one view replaced, or without it; its table knows.</summary>
    internal KeyspaceParts WithView(string name, ViewMetadata? view)
    {
        var before = Views.GetValueOrDefault(name)?.BaseTable;
        var changed = this with { Views = view is null ? Views.Remove(name) : Views.SetItem(name, view) };
        foreach (var table in new[] { before, view?.BaseTable }.OfType<string>().Distinct())
        {
            if (changed.Tables.GetValueOrDefault(table) is { } known)
            {
                changed = changed.WithTable(table, known);
            }
        }

        return changed;
    }

    /// <summary>This with other types, in which the columns of every table are looked up again.</summary>
    internal KeyspaceParts WithTypes(TypeResolver resolver, ImmutableSortedDictionary<string, UserDefinedTypeMetadata> types)
    {
        var views = Views.SetItems(from view in Views.Values
                                   let columns = Resolved(view.Columns, resolver)
                                   where columns is not null
                                   select KeyValuePair.Create(view.Name, view.With(columns)));
        var changed = this with { Types = types, Views = views };
        return changed with
        {
            Tables = Tables.SetItems(Tables.Values.Select(table => KeyValuePair.Create(
                table.Name, (Resolved(table.Columns, resolver) is { } columns ? table.With(columns) : table).With(changed.ViewsOf(table.Name))))),
        };
    }

    internal IReadOnlyList<ViewMetadata> ViewsOf(string table) => Views.IsEmpty ? [] : [.. Views.Values.Where(view => view.BaseTable == table)];

    private static IReadOnlyList<ColumnMetadata>? Resolved(IReadOnlyList<ColumnMetadata> columns, TypeResolver resolver)
    {
        ColumnMetadata[]? changed = null;
        for (var i = 0; i < columns.Count; i++)
        {
            var type = resolver.Resolve(columns[i].DeclaredType);
            if (!type.Equals(columns[i].Type))
            {
                changed ??= [.. columns];
                changed[i] = columns[i].With(type);
            }
        }

        return changed is null ? null : [.. changed];
    }
}
