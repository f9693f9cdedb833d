using System.Collections.Immutable;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>A statement that was checked against the schema and can be run any number of times, by any threads.</summary>
internal abstract class CompiledStatement
{
    /// <summary>The types of its bind markers, in order.</summary>
    internal ResultColumns Variables { get; set; } = ResultColumns.Empty;

    /// <summary>For each column of the partition key the marker bound to it; empty when not all are.</summary>
    internal ImmutableArray<ushort> PartitionKeyIndexes { get; set; } = [];

    /// <summary>The columns of its result; none for what gives no rows.</summary>
    internal virtual ResultColumns Columns => ResultColumns.Empty;

    /// <summary>The schema it was compiled against: with another it is compiled again. Null where the schema does not matter.</summary>
    internal TableDefinition? Table { get; set; }

    /// <summary>All tables it is about: those of a batch may be several.</summary>
    internal virtual ImmutableArray<TableDefinition> Tables => Table is null ? [] : [Table];

    /// <summary>What the user needs on <see cref="Table"/>, looked at each time it runs.</summary>
    internal Cql.Ast.Permissions Needs { get; init; }

    internal abstract StatementResult Run(QueryOptions options, RequestContext context);
}
