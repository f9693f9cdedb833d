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
    NodeList<ClusteringOrder> ClusteringOrder,
    NodeList<Property> Properties) : Statement(Position);

internal sealed record AlterMaterializedViewStatement(SourcePosition Position, QualifiedName View, bool IfExists, NodeList<Property> Properties)
    : Statement(Position);

internal sealed record DropMaterializedViewStatement(SourcePosition Position, QualifiedName View, bool IfExists) : Statement(Position);
