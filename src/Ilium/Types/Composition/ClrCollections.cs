using System.Collections.Immutable;

namespace Ilium.Types;

/// <summary>Takes CLR collection types apart: what they are of, and which CQL type suits them best.</summary>
internal static class ClrCollections
{
    private static readonly HashSet<Type> Lists =
    [
        typeof(List<>), typeof(IReadOnlyList<>), typeof(IList<>), typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(ICollection<>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>),
    ];

    private static readonly HashSet<Type> Sets =
        [typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>), typeof(SortedSet<>), typeof(ImmutableHashSet<>)];

    private static readonly HashSet<Type> Maps =
    [
        typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(SortedDictionary<,>), typeof(ImmutableDictionary<,>),
    ];

    private static readonly HashSet<Type> Tuples =
    [
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
    ];

    internal static Type? ElementOf(Type type) => type switch
    {
        { IsSZArray: true } => type.GetElementType(),
        { IsConstructedGenericType: true } when type.GetGenericArguments() is [var only] => only,
        _ => null,
    };

    internal static bool IsList(Type type) => type.IsSZArray || HasDefinition(type, Lists);

    internal static bool IsSet(Type type) => HasDefinition(type, Sets);

    internal static bool IsMap(Type type) => HasDefinition(type, Maps);

    internal static bool IsTuple(Type type) => HasDefinition(type, Tuples);

    /// <summary>Key and value of a dictionary, or of a sequence of pairs; null for everything else.</summary>
    internal static (Type Key, Type Value)? EntryOf(Type type)
    {
        var entry = IsMap(type) ? type : ElementOf(type);
        return entry is { IsConstructedGenericType: true }
            && (ReferenceEquals(entry, type) || entry.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            && entry.GetGenericArguments() is [var key, var value]
            ? (key, value)
            : null;
    }

    private static bool HasDefinition(Type type, HashSet<Type> definitions) =>
        type.IsConstructedGenericType && definitions.Contains(type.GetGenericTypeDefinition());
}
