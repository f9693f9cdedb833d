using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>A materialized view. Immutable.</summary>
public sealed class ViewMetadata : RelationMetadata
{
    internal ViewMetadata(
        string keyspace, string name, Guid? id, IReadOnlyList<ColumnMetadata> columns, TableOptions options, string baseTable, bool includesAllColumns,
        string whereClause)
        : base(keyspace, name, id, columns, options)
    {
        BaseTable = baseTable;
        IncludesAllColumns = includesAllColumns;
        WhereClause = whereClause;
    }

    /// <summary>The table it is a view of, in the same keyspace.</summary>
    public string BaseTable { get; }

    /// <summary>True for <c>SELECT *</c>: columns added to the table are added to the view.</summary>
    public bool IncludesAllColumns { get; }

    /// <summary>Which rows it has, as CQL writes it.</summary>
    public string WhereClause { get; }

    /// <inheritdoc />
    public override IReadOnlyList<string> ToCqlStatements() => [TableCql.Create(this)];

    internal override IEnumerable<string> Describe() => ToCqlStatements();

    internal ViewMetadata With(IReadOnlyList<ColumnMetadata> columns) =>
        new(Keyspace, Name, Id, columns, Options, BaseTable, IncludesAllColumns, WhereClause);
}
