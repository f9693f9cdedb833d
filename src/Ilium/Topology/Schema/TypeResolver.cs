using System.Collections.Immutable;

namespace Ilium.Topology.Schema;

/// <summary>The user-defined types of one keyspace, and from them the types of whatever its tables declare. Used by one thread.</summary>
internal sealed class TypeResolver(string keyspace)
{
    private readonly Dictionary<string, (IReadOnlyList<string> Names, IReadOnlyList<string> Types)> _declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CqlUserType?> _userTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CqlType> _resolved = new(StringComparer.Ordinal);

    internal void Declare(string name, IReadOnlyList<string> fieldNames, IReadOnlyList<string> fieldTypes) => _declared[name] = (fieldNames, fieldTypes);

    /// <summary>The same types again, as a keyspace that was read before has them.</summary>
    internal static TypeResolver From(KeyspaceParts parts)
    {
        var resolver = new TypeResolver(parts.Name);
        foreach (var type in parts.Types.Values)
        {
            resolver.Declare(type.Name, [.. type.Fields.Select(static field => field.Name)], [.. type.Fields.Select(static field => field.DeclaredType)]);
        }

        return resolver;
    }

    /// <summary>The type that a text of the schema tables stands for. Columns of one type share one object.</summary>
    internal CqlType Resolve(string text)
    {
        if (!_resolved.TryGetValue(text, out var type))
        {
            type = CqlTypeText.Parse(text, UserType);
            _resolved[text] = type;
        }

        return type;
    }

    internal ImmutableSortedDictionary<string, UserDefinedTypeMetadata> UserTypes() =>
        _declared.Select(entry => Metadata(entry.Key, entry.Value.Types)).OfType<UserDefinedTypeMetadata>()
            .ToImmutableSortedDictionary(static type => type.Name, static type => type, StringComparer.Ordinal);

    private UserDefinedTypeMetadata? Metadata(string name, IReadOnlyList<string> fieldTypes) => UserType(name) is { } type
        ? new UserDefinedTypeMetadata(type, [.. type.Fields.Select((field, i) => new UserDefinedTypeField(field.Name, field.Type, fieldTypes[i]))])
        : null;

    private CqlUserType? UserType(string name)
    {
        if (_userTypes.TryGetValue(name, out var type) || !_declared.TryGetValue(name, out var declared))
        {
            return type;
        }

        // No server lets types hold each other; rows that say so must not make this go round for ever.
        _userTypes[name] = null;
        type = new CqlUserType(keyspace, name, [.. declared.Names.Zip(declared.Types, (field, text) => new CqlField(field, Resolve(text)))]);
        _userTypes[name] = type;
        return type;
    }
}
