namespace Ilium.Embedded.Cql.Ast;

/// <summary><c>CREATE MATERIALIZED VIEW … AS SELECT …</c>; without selectors, of all columns.</summary>
internal sealed record CreateMaterializedViewStatement(
    SourcePosition Position,
    QualifiedName View,
    bool IfNotExists,
    NodeList<Selector> Selectors,
    QualifiedName BaseTable,
    NodeList<Relation> Where,
    PrimaryKey PrimaryKey,
    NodeList<ColumnOrder> ClusteringOrder,
    NodeList<Property> Properties) : CqlStatement(Position);

internal sealed record AlterMaterializedViewStatement(SourcePosition Position, QualifiedName View, bool IfExists, NodeList<Property> Properties)
    : CqlStatement(Position);

internal sealed record DropMaterializedViewStatement(SourcePosition Position, QualifiedName View, bool IfExists) : CqlStatement(Position);
