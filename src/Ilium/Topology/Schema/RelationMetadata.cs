namespace Ilium;

/// <summary>What tables and views have in common. Immutable.</summary>
public abstract class RelationMetadata
{
    private protected RelationMetadata(string keyspace, string name, Guid? id, IReadOnlyList<ColumnMetadata> columns, TableOptions options)
    {
        Keyspace = keyspace;
        Name = name;
        Id = id;
        Options = options;
        Columns = columns;
        PartitionKey = [.. columns.Where(static column => column.Kind == ColumnKind.PartitionKey)];
        ClusteringKey = [.. columns.Where(static column => column.Kind == ColumnKind.Clustering)];
    }

    /// <summary>The keyspace it belongs to, without quotes, in its own case.</summary>
    public string Keyspace { get; }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name { get; }

    /// <summary>Its id; a table that is dropped and made again gets another. Null for virtual tables.</summary>
    public Guid? Id { get; }

    /// <summary>Its columns as <c>SELECT *</c> gives them: partition key, clustering key, static ones by name, the others by name.</summary>
    public IReadOnlyList<ColumnMetadata> Columns { get; }

    /// <summary>The columns of the partition key, in order.</summary>
    public IReadOnlyList<ColumnMetadata> PartitionKey { get; }

    /// <summary>The columns of the clustering key, in order; empty without one.</summary>
    public IReadOnlyList<ColumnMetadata> ClusteringKey { get; }

    /// <summary>Partition key and clustering key.</summary>
    public IReadOnlyList<ColumnMetadata> PrimaryKey => [.. PartitionKey, .. ClusteringKey];

    /// <summary>Its options.</summary>
    public TableOptions Options { get; }

    /// <summary>The column of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    public ColumnMetadata? FindColumn(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>Keyspace and name as CQL writes them.</summary>
    public string QualifiedName => $"{CqlIdentifier.ToCql(Keyspace)}.{CqlIdentifier.ToCql(Name)}";

    /// <summary>The statements that make it and what hangs on it, each ending in a semicolon, with a line between them.</summary>
    public string ToCql() => string.Join("\n\n", Describe());

    /// <summary>The statements that make it and what hangs on it, to be run one by one; empty for what CQL can't make.</summary>
    public abstract IReadOnlyList<string> ToCqlStatements();

    /// <summary>Keyspace and name as CQL writes them.</summary>
    public override string ToString() => QualifiedName;

    /// <summary>As <see cref="ToCqlStatements"/>, with comments in place of what CQL can't make.</summary>
    internal abstract IEnumerable<string> Describe();
}
