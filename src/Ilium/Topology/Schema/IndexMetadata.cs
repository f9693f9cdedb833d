using System.Text;
using System.Text.Json;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>How an index is kept.</summary>
public enum IndexKind
{
    /// <summary>The server's own: a hidden table on each node.</summary>
    Secondary,

    /// <summary>SASI, indexes beside each data file.</summary>
    Sasi,

    /// <summary>Storage-attached (SAI, Cassandra 5.0), vectors too.</summary>
    StorageAttached,

    /// <summary>Another class; <see cref="IndexMetadata.ClassName"/> says which.</summary>
    Custom,
}

/// <summary>An index of a table. Immutable.</summary>
public sealed class IndexMetadata
{
    internal IndexMetadata(string keyspace, string table, string name, string? className, string target, IReadOnlyDictionary<string, string> options)
    {
        Keyspace = keyspace;
        Table = table;
        Name = name;
        ClassName = className;
        Target = target;
        Options = options;
    }

    /// <summary>The keyspace of its table.</summary>
    public string Keyspace { get; }

    /// <summary>Its table.</summary>
    public string Table { get; }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name { get; }

    /// <summary>How it is kept.</summary>
    public IndexKind Kind => ClassName switch
    {
        null => IndexKind.Secondary,
        _ when IsNamed("SASIIndex") => IndexKind.Sasi,
        _ when IsNamed("StorageAttachedIndex") || ClassName.Equals("sai", StringComparison.OrdinalIgnoreCase) => IndexKind.StorageAttached,
        _ => IndexKind.Custom,
    };

    /// <summary>The class that keeps it, as it was given when the index was made; null for the server's own kind.</summary>
    public string? ClassName { get; }

    /// <summary>What is indexed, as the server writes it: a column, quoted where CQL wants it, or for example <c>keys(m)</c>.</summary>
    public string Target { get; }

    /// <summary>The options of a custom index, without class and target.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>The statement that makes it.</summary>
    public string ToCql()
    {
        var text = new StringBuilder(ClassName is null ? "CREATE INDEX " : "CREATE CUSTOM INDEX ")
            .Append(CqlIdentifier.ToCql(Name)).Append(" ON ").Append(CqlIdentifier.ToCql(Keyspace)).Append('.').Append(CqlIdentifier.ToCql(Table))
            .Append(" (").Append(TargetCql()).Append(')');
        if (ClassName is not null)
        {
            text.Append(" USING ").Append(CqlLiteral.Text(ClassName));
            if (Options.Count > 0)
            {
                text.Append(" WITH OPTIONS = ").Append(CqlLiteral.Map(Options));
            }
        }

        return text.Append(';').ToString();
    }

    /// <summary>The statement that makes it.</summary>
    public override string ToString() => ToCql();

    private bool IsNamed(string simpleName) =>
        ClassName!.EndsWith(simpleName, StringComparison.Ordinal) && (ClassName.Length == simpleName.Length || ClassName[^(simpleName.Length + 1)] == '.');

    /// <summary>ScyllaDB writes the target of an index inside a partition as JSON: {"pk":["p"],"ck":["v"]} is ((p), v).</summary>
    private string TargetCql()
    {
        if (!Target.StartsWith('{'))
        {
            return Target;
        }

        try
        {
            using var json = JsonDocument.Parse(Target);
            if (json.RootElement.TryGetProperty("pk", out var partition) && json.RootElement.TryGetProperty("ck", out var clustering))
            {
                return $"({Names(partition)}), {Names(clustering)}";
            }
        }
        catch (JsonException)
        {
            // Then it is no such target, and the server's own words are all there is.
        }

        return Target;
    }

    private static string Names(JsonElement array) => string.Join(", ", array.EnumerateArray().Select(static name => CqlIdentifier.ToCql(name.GetString() ?? "")));
}
