namespace Ilium;

/// <summary>Has a server describe the schema.</summary>
internal static class SchemaDescription
{
    // A schema that changes between two pages of its description has the server begin anew.
    private const int MaxTries = 5;

    internal static async ValueTask<IReadOnlyList<string>> ReadAsync(Cluster cluster, string? keyspace, string? name, CancellationToken cancellationToken)
    {
        if (keyspace is null && name is not null)
        {
            throw new ArgumentException("A name without its keyspace says nothing: give both.", nameof(keyspace));
        }

        _ = cluster.Metadata;
        var what = keyspace is null ? "SCHEMA" : name is null ? $"KEYSPACE {CqlIdentifier.Quote(keyspace)}" : $"{CqlIdentifier.Quote(keyspace)}.{CqlIdentifier.Quote(name)}";
        for (var tries = 1; ; tries++)
        {
            try
            {
                var statements = new List<string>();
                await foreach (var row in new Session(cluster, keyspace: null).QueryAsync(new SimpleStatement($"DESCRIBE {what}"), cancellationToken: cancellationToken).ConfigureAwait(false))
                {
                    statements.Add(row.Get<string>("create_statement")!);
                }

                return statements;
            }
            catch (SyntaxErrorException)
            {
                return await ExportAsync(cluster, keyspace, name, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidQueryException e) when (tries < MaxTries && e.ServerMessage.Contains("schema has changed", StringComparison.OrdinalIgnoreCase))
            {
            }
        }
    }

    /// <summary>What the driver knows, read anew.</summary>
    private static async Task<IReadOnlyList<string>> ExportAsync(Cluster cluster, string? keyspace, string? name, CancellationToken cancellationToken)
    {
        var metadata = await cluster.RefreshSchemaAsync(keyspace, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (keyspace is null)
        {
            return metadata.ToCqlStatements();
        }

        if (metadata.FindKeyspace(keyspace) is not { } known)
        {
            throw new InvalidQueryException($"'{keyspace}' not found in keyspaces");
        }

        if (name is null)
        {
            return known.ToCqlStatements();
        }

        return known.FindTable(name)?.ToCqlStatements() ?? known.FindView(name)?.ToCqlStatements() ??
            known.Indexes.Where(index => index.Name == name).Select(static index => (IReadOnlyList<string>)[index.ToCql()]).FirstOrDefault() ??
            throw new InvalidQueryException($"'{name}' not found in keyspace '{keyspace}'");
    }
}
