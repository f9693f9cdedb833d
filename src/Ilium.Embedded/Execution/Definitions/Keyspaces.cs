using System.Collections.Immutable;
using System.Globalization;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>CREATE, ALTER and DROP KEYSPACE.</summary>
internal static class Keyspaces
{
    private const int MaxNameLength = 48;

    internal static SchemaStep? Create(DatabaseSchema schema, CreateKeyspaceStatement statement, NodeEngine engine)
    {
        var name = statement.Keyspace;
        CheckProperties(statement.Properties);
        if (!statement.Properties.Any(property => property.Name == "replication"))
        {
            throw CqlError.Invalid("Missing mandatory option 'replication'");
        }

        if (schema.Find(name) is { IsSystem: true, IsVirtual: false })
        {
            throw CqlError.Invalid($"System keyspace '{name}' is not user-modifiable");
        }

        if (schema.Find(name) is not null)
        {
            CheckNotSystem(name, schema);
            return statement.IfNotExists ? null : throw CqlError.AlreadyExists(name, "", $"Cannot add existing keyspace \"{name}\"");
        }

        if (name.Length > MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw CqlError.Invalid($"Keyspace name must not be empty, more than {MaxNameLength} characters long, or contain non-alphanumeric-underscore characters (got \"{name}\")");
        }

        var (replication, durable) = Read(statement.Properties, name, engine);
        var keyspace = new KeyspaceDefinition(name, replication ?? throw CqlError.Configuration("Missing replication strategy class"), durable ?? true);
        return new SchemaStep(schema.Keyspaces.Add(name, keyspace), new SchemaResult(SchemaResult.Created, "KEYSPACE", name)) { Warnings = [.. TooHigh(keyspace, engine)] };
    }

    internal static SchemaStep? Alter(DatabaseSchema schema, AlterKeyspaceStatement statement, NodeEngine engine)
    {
        if (schema.Find(statement.Keyspace) is not { } keyspace)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Keyspace '{statement.Keyspace}' doesn't exist");
        }

        CheckNotSystem(statement.Keyspace, schema);
        var (replication, durable) = Read(statement.Properties, keyspace.Name, engine);
        var changed = keyspace with { Replication = replication ?? keyspace.Replication, DurableWrites = durable ?? keyspace.DurableWrites };
        var isSame = changed.DurableWrites == keyspace.DurableWrites && changed.Replication.SequenceEqual(keyspace.Replication);
        var warnings = TooHigh(changed, engine);
        if (Factors(changed).Sum(f => f.Factor) > Factors(keyspace).Sum(f => f.Factor))
        {
            warnings = warnings.Append("When increasing replication factor you need to run a full (-full) repair to distribute the data.");
        }

        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, changed), isSame ? null : new SchemaResult(SchemaResult.Updated, "KEYSPACE", keyspace.Name))
        {
            Warnings = [.. warnings],
        };
    }

    internal static SchemaStep? Drop(DatabaseSchema schema, DropKeyspaceStatement statement)
    {
        if (schema.Find(statement.Keyspace) is not { } keyspace)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Keyspace '{statement.Keyspace}' doesn't exist");
        }

        CheckNotSystem(statement.Keyspace, schema);
        return new SchemaStep(schema.Keyspaces.Remove(keyspace.Name), new SchemaResult(SchemaResult.Dropped, "KEYSPACE", keyspace.Name));
    }

    /// <summary>The keyspace a definition goes into.</summary>
    internal static KeyspaceDefinition Find(DatabaseSchema schema, string name)
    {
        CheckNotSystem(name, schema);
        return schema.Find(name) ?? throw CqlError.Invalid($"Keyspace '{name}' doesn't exist");
    }

    internal static void CheckNotSystem(string name, DatabaseSchema schema)
    {
        if (schema.Find(name) is { IsSystem: true } keyspace)
        {
            throw keyspace.IsVirtual ? CqlError.Invalid($"Virtual keyspace '{name}' is not user-modifiable") : CqlError.Unauthorized($"{name} keyspace is not user-modifiable.");
        }
    }

    /// <summary>What is wrong with the properties as such.</summary>
    private static void CheckProperties(NodeList<Property> properties)
    {
        foreach (var property in properties)
        {
            if (property.Name is not ("replication" or "durable_writes"))
            {
                throw CqlError.Syntax($"Unknown property '{property.Name}'");
            }

            if (property is { Name: "replication" } and not MapProperty)
            {
                throw CqlError.Syntax("Invalid value for property 'replication'. It should be a map.");
            }

            if (property is TextProperty { Name: "durable_writes" } text)
            {
                Durable(text);
            }
        }
    }

    private static bool Durable(TextProperty property) => property.Text.ToLowerInvariant() switch
    {
        "true" or "yes" or "1" => true,
        "false" or "no" or "0" => false,
        _ => throw CqlError.Syntax(
            $"Invalid boolean value {property.Text} for 'durable_writes'. Positive values can be '1', 'true' or 'yes'. Negative values can be '0', 'false' or 'no'."),
    };

    private static (ImmutableSortedDictionary<string, string>? Replication, bool? Durable) Read(NodeList<Property> properties, string name, NodeEngine engine)
    {
        ImmutableSortedDictionary<string, string>? replication = null;
        bool? durable = null;
        foreach (var property in properties)
        {
            switch (property.Name)
            {
                case "replication" when property is MapProperty map:
                    replication = Replication(map, name, engine);
                    break;
                case "replication":
                    throw CqlError.Syntax("Invalid value for property 'replication'. It should be a map.");
                case "durable_writes" when property is TextProperty text:
                    durable = Durable(text);
                    break;
                case "durable_writes":
                    throw CqlError.Syntax("Invalid value for property 'durable_writes'. It should be a string.");
                default:
                    throw CqlError.Syntax($"Unknown property '{property.Name}'");
            }
        }

        return (replication, durable);
    }

    private static ImmutableSortedDictionary<string, string> Replication(MapProperty map, string name, NodeEngine engine)
    {
        var options = map.Entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        if (!options.TryGetValue("class", out var className))
        {
            throw CqlError.Configuration("Missing replication strategy class");
        }

        var simple = className.Contains('.', StringComparison.Ordinal) ? className : KeyspaceDefinition.ReplicationPackage + className;
        var kind = simple.StartsWith(KeyspaceDefinition.ReplicationPackage, StringComparison.Ordinal) ? simple[KeyspaceDefinition.ReplicationPackage.Length..] : "";
        options = options.SetItem("class", simple);
        switch (kind)
        {
            case "SimpleStrategy":
                // The factor is the server's default where none is given.
                options = options.ContainsKey("replication_factor") ? options : options.Add("replication_factor", "1");
                CheckFactor(options["replication_factor"]);
                if (options.Keys.FirstOrDefault(k => k is not ("class" or "replication_factor")) is { } unknown)
                {
                    throw CqlError.Configuration($"Unrecognized strategy option {{{unknown}}} passed to SimpleStrategy for keyspace {name}");
                }

                break;
            case "NetworkTopologyStrategy":
                options = Network(options, name, engine);
                break;
            case "LocalStrategy":
                throw CqlError.Configuration("Unable to use given strategy class: LocalStrategy is reserved for internal use.");
            case "EverywhereStrategy" or "MetaStrategy":
            default:
                throw CqlError.Configuration($"Unable to find replication strategy class '{simple}'");
        }

        return options;
    }

    // A replication_factor stands for all data centers that are not named.
    private static ImmutableSortedDictionary<string, string> Network(ImmutableSortedDictionary<string, string> options, string name, NodeEngine engine)
    {
        var datacenters = engine.Database.Nodes.Select(n => n.Server.Engine.Info.Datacenter).ToHashSet(StringComparer.Ordinal);
        if (options.TryGetValue("replication_factor", out var all))
        {
            CheckFactor(all);
            options = options.Remove("replication_factor");
            foreach (var datacenter in datacenters.Where(d => !options.ContainsKey(d)))
            {
                options = options.Add(datacenter, all);
            }
        }

        foreach (var (key, value) in options)
        {
            if (key == "class")
            {
                continue;
            }

            CheckFactor(value);
            if (!datacenters.Contains(key))
            {
                throw CqlError.Configuration($"Unrecognized strategy option {{{key}}} passed to NetworkTopologyStrategy for keyspace {name}");
            }
        }

        return options;
    }

    /// <summary>Each data center's number of replicas, or the one of all under the name "replication_factor".</summary>
    internal static IEnumerable<(string Name, int Factor)> Factors(KeyspaceDefinition keyspace) =>
        keyspace.Replication.Where(e => e.Key != "class").Select(e => (e.Key, int.Parse(e.Value.Split('/')[0], CultureInfo.InvariantCulture)));

    /// <summary>A warning for each place with fewer nodes than it should have replicas.</summary>
    private static IEnumerable<string> TooHigh(KeyspaceDefinition keyspace, NodeEngine engine)
    {
        foreach (var (name, factor) in Factors(keyspace))
        {
            var isAll = name == "replication_factor";
            var nodes = engine.Database.Nodes.Count(n => isAll || n.Server.Engine.Info.Datacenter == name);
            if (factor > nodes)
            {
                yield return $"Your replication factor {factor} for keyspace {keyspace.Name} is higher than the number of nodes {nodes}{(isAll ? "" : " for datacenter " + name)}";
            }
        }
    }

    private static void CheckFactor(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var factor))
        {
            throw CqlError.Configuration($"Replication factor must be numeric; found {text}");
        }

        if (factor < 0)
        {
            throw CqlError.Configuration($"Replication factor must be non-negative; found {text}");
        }
    }
}
