using System.Collections;
using System.Runtime.CompilerServices;

namespace Ilium.Types;

/// <summary>Builds the codecs of types with arguments from those of the arguments.</summary>
internal sealed class CodecComposer(CodecRegistry registry, bool dynamicCode)
{
    // C# nests the eighth and further elements of a tuple in another tuple.
    private const int TupleNestingAt = 7;

    private readonly Composers _composers = new(dynamicCode);

    /// <summary>Whether code for compositions can be made at run time.</summary>
    internal bool Dynamic => _composers.Dynamic;

    /// <summary>Null when the two types don't go together.</summary>
    internal Codec? Compose(CqlType type, Type clrType)
    {
        if (clrType == typeof(object))
        {
            return new ObjectCodec(type, registry);
        }

        if (Nullable.GetUnderlyingType(clrType) is { } underlying)
        {
            return registry.Find(type, underlying) is { } inner ? (_composers.Nullable(underlying) ?? registry.Custom.Nullable(underlying))?.Compose(inner) : null;
        }

        return type switch
        {
            CqlListType list => ComposeSequence(type, list.Element, clrType),
            CqlSetType set => ComposeSequence(type, set.Element, clrType),
            CqlVectorType vector => ComposeSequence(type, vector.Element, clrType),
            CqlMapType map => ComposeMap(map, clrType),
            CqlTupleType tuple => clrType == typeof(CqlTuple) ? new CqlTupleCodec(tuple, registry) : ComposeTuple(tuple, 0, clrType),
            CqlUserType user => clrType == typeof(UdtValue) ? new UdtCodec(user, registry) : null,
            _ => null,
        };
    }

    internal Codec? ComposeDefault(CqlType type) => type switch
    {
        CqlListType list => DefaultSequence(type, list.Element),
        CqlSetType set => DefaultSequence(type, set.Element),
        CqlVectorType vector => DefaultSequence(type, vector.Element),
        CqlMapType map => DefaultMap(map),
        CqlTupleType tuple => new CqlTupleCodec(tuple, registry),
        CqlUserType user => new UdtCodec(user, registry),
        _ => null,
    };

    /// <summary>
    /// A codec that only writes, element by element and boxing, for CLR types that are collections but none of the known ones. What says itself that its
    /// elements don't suit is refused, whether or not there are any.
    /// </summary>
    internal Codec? ComposeUntyped(CqlType type, Type clrType) => type switch
    {
        CqlListType or CqlSetType or CqlVectorType when IsPlainSequence(clrType) && (!IsKnown(clrType) || MayHold(ElementOf(type), ClrCollections.ElementOf(clrType))) =>
            new UntypedCodec(type, Elements(type), static value => ((IEnumerable)value).Cast<object>()),
        CqlMapType map when typeof(IDictionary).IsAssignableFrom(clrType)
            && (ClrCollections.EntryOf(clrType) is not var (key, value) || (MayHold(map.Key, key) && MayHold(map.Value, value))) =>
            new UntypedCodec(type, Entries(map), static value => EntriesOf((IDictionary)value)),
        CqlTupleType tuple when typeof(ITuple).IsAssignableFrom(clrType) && !(ClrCollections.IsTuple(clrType) && _composers.Dynamic) => new UntypedCodec(
            type, new CqlTupleCodec(tuple, registry), static value => CqlTuple.FromItems((ITuple)value)),
        _ => null,
    };

    private static bool IsKnown(Type clrType) => ClrCollections.IsList(clrType) || ClrCollections.IsSet(clrType);

    /// <summary>False when the static type of elements already says that none of them suits.</summary>
    private bool MayHold(CqlType element, Type? clrType) => clrType is null || !(clrType.IsValueType || clrType.IsSealed) || registry.Find(element, clrType) is not null;

    private static bool IsPlainSequence(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && !typeof(IDictionary).IsAssignableFrom(type);

    private static KeyValuePair<object, object>[] EntriesOf(IDictionary map)
    {
        var entries = new List<KeyValuePair<object, object>>(map.Count);
        foreach (DictionaryEntry entry in map)
        {
            entries.Add(new(entry.Key, entry.Value!));
        }

        return [.. entries];
    }

    private SequenceCodec<IEnumerable<object>, object> Elements(CqlType type) =>
        new(type, new ObjectCodec(ElementOf(type), registry), new ListShape<IEnumerable<object>, object>());

    private static CqlType ElementOf(CqlType type) => type switch
    {
        CqlListType list => list.Element,
        CqlSetType set => set.Element,
        _ => ((CqlVectorType)type).Element,
    };

    private MapCodec<KeyValuePair<object, object>[], object, object> Entries(CqlMapType map) => new(
        map, new ObjectCodec(map.Key, registry), new ObjectCodec(map.Value, registry), new PairsShape<KeyValuePair<object, object>[], object, object>());

    private Codec? ComposeSequence(CqlType type, CqlType elementType, Type clrType) =>
        ClrCollections.ElementOf(clrType) is { } elementClr && registry.Find(elementType, elementClr) is { } element
            ? (_composers.Sequence(elementClr) ?? registry.Custom.Sequence(elementClr))?.Compose(type, element, clrType)
            : null;

    private Codec? ComposeMap(CqlMapType map, Type clrType) =>
        ClrCollections.EntryOf(clrType) is var (keyClr, valueClr)
        && (Nullable.GetUnderlyingType(keyClr) is null || !ClrCollections.IsMap(clrType))
        && registry.Find(map.Key, keyClr) is { } key
        && registry.Find(map.Value, valueClr) is { } value
            ? (_composers.Map(keyClr, valueClr) ?? registry.Custom.Map(keyClr, valueClr))?.Compose(map, key, value, clrType)
            : null;

    private Codec? ComposeTuple(CqlTupleType tuple, int first, Type clrType)
    {
        var count = tuple.Elements.Length - first;
        var nests = count > TupleNestingAt;
        if (!_composers.Dynamic || !ClrCollections.IsTuple(clrType)
            || clrType.GetGenericArguments() is not { } arguments || arguments.Length != (nests ? TupleNestingAt + 1 : count))
        {
            return null;
        }

        var elements = new Codec[arguments.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            var element = i == TupleNestingAt
                ? ComposeTuple(tuple, first + TupleNestingAt, arguments[i])
                : registry.Find(tuple.Elements[first + i], arguments[i]);
            if (element is null)
            {
                return null;
            }

            elements[i] = element;
        }

        return _composers.Tuple(arguments)?.Compose(tuple, elements);
    }

    // Where no code can be generated, elements without a compiled collection are boxed instead.
    private Codec DefaultSequence(CqlType type, CqlType elementType)
    {
        var element = registry.GetDefault(elementType);
        return _composers.Sequence(element.ClrType)?.ComposeDefault(type, element)
            ?? new SequenceComposer<object>().ComposeDefault(type, new ObjectCodec(elementType, registry));
    }

    private Codec DefaultMap(CqlMapType map)
    {
        var key = registry.GetDefault(map.Key);
        var value = registry.GetDefault(map.Value);
        return _composers.Map(key.ClrType, value.ClrType)?.ComposeDefault(map, key, value)
            ?? new MapComposer<object, object>().ComposeDefault(map, new ObjectCodec(map.Key, registry), new ObjectCodec(map.Value, registry));
    }
}
