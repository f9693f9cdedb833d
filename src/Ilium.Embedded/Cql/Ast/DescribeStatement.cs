namespace Ilium.Embedded.Cql.Ast;

internal enum DescribeKind
{
    Cluster,

    /// <summary><c>DESCRIBE SCHEMA</c>: everything but the system's keyspaces.</summary>
    Schema,

    /// <summary><c>DESCRIBE FULL SCHEMA</c>.</summary>
    FullSchema,
    Keyspaces,

    /// <summary><c>DESCRIBE KEYSPACE [name]</c>: without a name, the session's.</summary>
    Keyspace,

    /// <summary><c>DESCRIBE ONLY KEYSPACE [name]</c>: without what is in it.</summary>
    OnlyKeyspace,
    Tables,
    Table,
    Index,
    MaterializedView,
    Types,
    Type,
    Functions,
    Function,
    Aggregates,
    Aggregate,

    /// <summary><c>DESCRIBE name</c>: a keyspace, or a table, index or view.</summary>
    Generic,
}

/// <summary>
/// <c>DESCRIBE</c> or <c>DESC</c>. The name is null where the kind has none; of a keyspace only <see cref="QualifiedName.Name"/> is set.
/// </summary>
internal sealed record DescribeStatement(SourcePosition Position, DescribeKind Kind, QualifiedName? Name, bool WithInternals) : CqlStatement(Position);
