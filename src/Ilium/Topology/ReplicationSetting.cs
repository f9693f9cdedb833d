using System.Collections.Frozen;

namespace Ilium.Topology;

/// <summary>
/// How a keyspace is replicated: a strategy and its options, as <c>system_schema.keyspaces</c> holds them. Equal settings are equal objects
/// by value, so that what is computed for one serves all keyspaces that have it.
/// </summary>
internal sealed class ReplicationSetting : IEquatable<ReplicationSetting>
{
    private const string ClassOption = "class";

    private readonly string _text;

    /// <param name="options">The map of the server, with its <c>class</c>.</param>
    internal ReplicationSetting(IEnumerable<KeyValuePair<string, string>> options)
    {
        var all = options.ToArray();
        Class = all.FirstOrDefault(static option => option.Key == ClassOption).Value ?? "";
        Options = all.Where(static option => option.Key != ClassOption).ToFrozenDictionary(StringComparer.Ordinal);
        _text = string.Join('\0', all.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static option => $"{option.Key}\0{option.Value}"));
    }

    /// <summary>The strategy's class, with or without its package.</summary>
    internal string Class { get; }

    /// <summary>Everything but the class: <c>replication_factor</c>, or a factor such as <c>3</c> or <c>3/1</c> for each data center.</summary>
    internal FrozenDictionary<string, string> Options { get; }

    public bool Equals(ReplicationSetting? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ReplicationSetting);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Class} {string.Join(", ", Options.Select(static option => $"{option.Key}={option.Value}"))}";
}
