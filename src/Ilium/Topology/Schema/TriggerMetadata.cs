using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>A trigger of a table. Immutable.</summary>
public sealed class TriggerMetadata
{
    internal TriggerMetadata(string keyspace, string table, string name, IReadOnlyDictionary<string, string> options)
    {
        Keyspace = keyspace;
        Table = table;
        Name = name;
        Options = options;
    }

    /// <summary>The keyspace of its table.</summary>
    public string Keyspace { get; }

    /// <summary>Its table.</summary>
    public string Table { get; }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name { get; }

    /// <summary>The Java class that runs; empty when the server does not say.</summary>
    public string ClassName => Options.GetValueOrDefault("class", "");

    /// <summary>What the server keeps of it, the class included.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>The statement that makes it.</summary>
    public string ToCql() =>
        $"CREATE TRIGGER {CqlIdentifier.ToCql(Name)} ON {CqlIdentifier.ToCql(Keyspace)}.{CqlIdentifier.ToCql(Table)} USING {CqlLiteral.Text(ClassName)};";

    /// <summary>The statement that makes it.</summary>
    public override string ToString() => ToCql();
}
