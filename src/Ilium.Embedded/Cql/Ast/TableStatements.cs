namespace Ilium.Embedded.Cql.Ast;

/// <summary><c>MASKED WITH function(arguments)</c>; <c>MASKED WITH DEFAULT</c> is <c>system.mask_default()</c>.</summary>
internal sealed record MaskClause(SourcePosition Position, QualifiedName Function, NodeList<Term> Arguments) : CqlNode(Position);

/// <summary><c>name type [STATIC] [MASKED WITH …]</c>.</summary>
internal sealed record TableColumn(SourcePosition Position, string Name, TypeName Type, bool IsStatic, MaskClause? Mask) : CqlNode(Position);

/// <summary>
/// A PRIMARY KEY clause. A table may wrongly have none or several; one behind a column's type is one of that column alone.
/// </summary>
internal sealed record PrimaryKey(SourcePosition Position, NodeList<string> Partition, NodeList<string> Clustering) : CqlNode(Position);

/// <summary>One column of <c>CLUSTERING ORDER BY</c>.</summary>
internal sealed record ColumnOrder(SourcePosition Position, string Column, bool IsDescending) : CqlNode(Position);

/// <summary><c>CREATE TABLE</c>; names, columns and keys are not checked.</summary>
internal sealed record CreateTableStatement(
    SourcePosition Position,
    QualifiedName Table,
    bool IfNotExists,
    NodeList<TableColumn> Columns,
    NodeList<PrimaryKey> PrimaryKeys,
    bool CompactStorage,
    NodeList<ColumnOrder> ClusteringOrder,
    NodeList<Property> Properties) : CqlStatement(Position);

/// <summary><c>ALTER TABLE</c>.</summary>
internal sealed record AlterTableStatement(SourcePosition Position, QualifiedName Table, bool IfExists, TableAlteration Alteration)
    : CqlStatement(Position);

internal abstract record TableAlteration(SourcePosition Position) : CqlNode(Position);

/// <summary><c>ALTER column TYPE type</c>.</summary>
internal sealed record AlterColumnType(SourcePosition Position, string Column, TypeName Type) : TableAlteration(Position);

/// <summary><c>ALTER column MASKED WITH …</c>, or <c>ALTER column DROP MASKED</c>.</summary>
internal sealed record AlterColumnMask(SourcePosition Position, bool IfColumnExists, string Column, MaskClause? Mask) : TableAlteration(Position);

internal sealed record AddColumns(SourcePosition Position, bool IfNotExists, NodeList<TableColumn> Columns) : TableAlteration(Position);

/// <summary><c>DROP a</c> or <c>DROP (a, b)</c>, and the timestamp in microseconds that may follow.</summary>
internal sealed record DropColumns(SourcePosition Position, bool IfExists, NodeList<string> Columns, long? Timestamp) : TableAlteration(Position);

/// <summary><c>RENAME a TO b AND …</c>.</summary>
internal sealed record RenameColumns(SourcePosition Position, bool IfExists, NodeList<Renaming> Renamings) : TableAlteration(Position);

internal sealed record Renaming(SourcePosition Position, string From, string To) : CqlNode(Position);

internal sealed record DropCompactStorage(SourcePosition Position) : TableAlteration(Position);

/// <summary><c>WITH property = value</c>.</summary>
internal sealed record AlterProperties(SourcePosition Position, NodeList<Property> Properties) : TableAlteration(Position);

internal sealed record DropTableStatement(SourcePosition Position, QualifiedName Table, bool IfExists) : CqlStatement(Position);

internal sealed record TruncateStatement(SourcePosition Position, QualifiedName Table) : CqlStatement(Position);
