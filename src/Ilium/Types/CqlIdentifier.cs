using System.Collections.Frozen;

namespace Ilium;

/// <summary>Names of keyspaces, tables, columns and so on, as CQL text writes them. Thread-safe.</summary>
/// <remarks>
/// CQL folds a name without quotes to lower case. So a name needs quotes when it is not made of a to z, digits and underscores with a letter in
/// front, or when it is a reserved word of the grammar. What is reserved differs a little between versions of Cassandra; a word that any of
/// 3.0 to 5.0 reserves is quoted, which is right for every version.
/// </remarks>
public static class CqlIdentifier
{
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "add", "allow", "alter", "and", "apply", "asc", "authorize", "batch", "begin", "by", "columnfamily", "create", "default", "delete", "desc",
        "describe", "drop", "entries", "execute", "from", "full", "grant", "if", "in", "index", "infinity", "insert", "into", "is", "keyspace",
        "limit", "materialized", "mbean", "mbeans", "modify", "nan", "norecursive", "not", "null", "of", "on", "or", "order", "primary", "rename",
        "replace", "revoke", "schema", "select", "set", "table", "to", "token", "truncate", "unlogged", "unset", "update", "use", "using", "view",
        "where", "with",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as CQL text writes it: in double quotes when it needs them.</summary>
    /// <param name="name">The name, in its own case.</param>
    public static string ToCql(string name) => NeedsQuotes(name) ? Quote(name) : name;

    /// <summary>A name in double quotes, whether or not it needs them.</summary>
    /// <param name="name">The name, in its own case.</param>
    public static string Quote(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The name that a piece of CQL text stands for: quotes are taken off, a name without them is folded to lower case.</summary>
    /// <param name="cql">One identifier.</param>
    public static string FromCql(string cql)
    {
        ArgumentNullException.ThrowIfNull(cql);
        return cql.Length > 1 && cql[0] == '"' && cql[^1] == '"'
            ? cql[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
            : cql.ToLowerInvariant();
    }

    /// <summary>True when a name means itself only inside double quotes.</summary>
    /// <param name="name">The name, in its own case.</param>
    public static bool NeedsQuotes(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]))
        {
            return true;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_')
            {
                return true;
            }
        }

        return Reserved.Contains(name);
    }

    /// <summary>True for a word of the CQL grammar that can't be a name without quotes, in any case.</summary>
    /// <param name="word">A word.</param>
    public static bool IsReserved(string word) => Reserved.Contains(word);
}
