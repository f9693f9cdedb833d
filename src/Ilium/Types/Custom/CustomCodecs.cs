using System.Collections.Frozen;

namespace Ilium.Types;

/// <summary>The codecs a user has given, by CLR type. Immutable.</summary>
internal sealed class CustomCodecs(IReadOnlyList<CqlCodec> codecs)
{
    private static readonly FrozenSet<Type> OwnTypes = Enum.GetValues<CqlTypeCode>()
        .Where(code => code is not (CqlTypeCode.Custom or CqlTypeCode.List or CqlTypeCode.Map or CqlTypeCode.Set or CqlTypeCode.Udt or CqlTypeCode.Tuple or CqlTypeCode.Vector))
        .SelectMany(code => PrimitiveCodecs.Of(new CqlPrimitiveType(code)).ToArray())
        .Select(codec => codec.ClrType)
        .Concat([typeof(object), typeof(UdtValue), typeof(CqlTuple), typeof(Unset)])
        .ToFrozenSet();

    private readonly FrozenDictionary<Type, CqlCodec[]> _byType = codecs.GroupBy(codec => codec.ClrType).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    /// <summary>The first of a type's codecs that takes the CQL type; null when there is none.</summary>
    internal Codec? Find(CqlType type, Type clrType, CodecRegistry registry)
    {
        if (_byType.TryGetValue(clrType, out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (candidate.Bind(type, registry) is { } codec)
                {
                    return codec;
                }
            }
        }

        return null;
    }

    internal SequenceComposer? Sequence(Type element) => OfTypeOrElement(element)?.SequenceOf(element);

    internal MapComposer? Map(Type key, Type value) => OfTypeOrElement(value)?.MapOf(key, value);

    internal NullableComposer? Nullable(Type type) => _byType.TryGetValue(type, out var known) ? known[0].Nullable : null;

    /// <summary>What is wrong with a codec; null when nothing is.</summary>
    internal static string? FaultOf(CqlCodec? codec) => codec switch
    {
        null => "Codecs holds a null: leave it out.",
        { ClrType: var type } when IsOwn(type) =>
            $"Codecs has one for {ClrTypeName.Of(type)}, whose values are stored as they are: make a type of your own for what is stored in another way.",
        _ => null,
    };

    /// <summary>Says of a type that is stored as another, and that in the end as the first, that it is: looking for what they are stored as would never end. Null where there is none.</summary>
    internal static string? CircleIn(IEnumerable<CqlCodec?> codecs)
    {
        var storedAs = codecs.OfType<CqlCodec>().Where(codec => codec.StoredType is not null).ToLookup(codec => codec.ClrType, codec => codec.StoredType!);
        var ended = new HashSet<Type>();
        return storedAs.Select(group => Follow(group.Key, [])).FirstOrDefault(circle => circle is not null);

        string? Follow(Type type, List<Type> path)
        {
            if (path.IndexOf(type) is var start and >= 0)
            {
                var circle = path[start..].Append(type).Select(ClrTypeName.Of);
                return $"Codecs stores {string.Join(" as ", circle)}, which never ends: store one of them as a type that has codecs.";
            }

            if (!ended.Add(type))
            {
                return null;
            }

            path.Add(type);
            var found = storedAs[type].Select(stored => Follow(stored, path)).FirstOrDefault(circle => circle is not null);
            path.Remove(type);
            return found;
        }
    }

    /// <summary>Collections of a type, and of its lists and arrays.</summary>
    internal static SequenceComposer? SequenceOf<T>(Type element) =>
        element == typeof(T) ? new SequenceComposer<T>()
        : element == typeof(List<T>) ? new SequenceComposer<List<T>>()
        : element == typeof(T[]) ? new SequenceComposer<T[]>()
        : null;

    /// <summary>Maps to a type, and to its lists and arrays, from the usual keys.</summary>
    internal static MapComposer? MapOf<T>(Type key, Type value) =>
        value == typeof(T) ? MapTo<T>(key)
        : value == typeof(List<T>) ? MapTo<List<T>>(key)
        : value == typeof(T[]) ? MapTo<T[]>(key)
        : null;

    private CqlCodec? OfTypeOrElement(Type type) =>
        _byType.TryGetValue(type, out var known) || (ClrCollections.ElementOf(type) is { } element && _byType.TryGetValue(element, out known)) ? known[0] : null;

    private static MapComposer? MapTo<T>(Type key) =>
        key == typeof(string) ? new MapComposer<string, T>()
        : key == typeof(int) ? new MapComposer<int, T>()
        : key == typeof(long) ? new MapComposer<long, T>()
        : key == typeof(Guid) ? new MapComposer<Guid, T>()
        : null;

    // Reading and writing these takes ways past the codecs, or they are made of others.
    private static bool IsOwn(Type type) =>
        OwnTypes.Contains(type) || System.Nullable.GetUnderlyingType(type) is not null || ClrCollections.IsList(type) || ClrCollections.IsSet(type) || ClrCollections.IsMap(type)
            || ClrCollections.IsTuple(type);
}
