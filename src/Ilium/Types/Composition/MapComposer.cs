using System.Collections.Immutable;

namespace Ilium.Types;

/// <summary>Makes codecs of maps with one pair of key and value types.</summary>
internal abstract class MapComposer
{
    /// <summary>The codec for a CLR type of these keys and values, null when it is none that is known.</summary>
    internal abstract Codec? Compose(CqlType type, Codec key, Codec value, Type clrType);

    /// <summary>The codec of a dictionary.</summary>
    internal abstract Codec ComposeDefault(CqlType type, Codec key, Codec value);
}

/// <inheritdoc/>
internal sealed class MapComposer<TKey, TValue> : MapComposer
    where TKey : notnull
{
    internal override Codec? Compose(CqlType type, Codec key, Codec value, Type clrType) => clrType switch
    {
        _ when clrType == typeof(Dictionary<TKey, TValue>) => OfDictionary<Dictionary<TKey, TValue>>(type, key, value),
        _ when clrType == typeof(IDictionary<TKey, TValue>) => OfDictionary<IDictionary<TKey, TValue>>(type, key, value),
        _ when clrType == typeof(IReadOnlyDictionary<TKey, TValue>) => OfDictionary<IReadOnlyDictionary<TKey, TValue>>(type, key, value),
        _ when clrType == typeof(SortedDictionary<TKey, TValue>) && ElementEquality.HasOrder<TKey>() =>
            Make(type, key, value, new SortedDictionaryShape<TKey, TValue>()),
        _ when clrType == typeof(ImmutableDictionary<TKey, TValue>) => Make(type, key, value, new ImmutableDictionaryShape<TKey, TValue>()),
        _ when clrType == typeof(KeyValuePair<TKey, TValue>[]) => OfPairs<KeyValuePair<TKey, TValue>[]>(type, key, value),
        _ when clrType == typeof(List<KeyValuePair<TKey, TValue>>) => OfPairs<List<KeyValuePair<TKey, TValue>>>(type, key, value),
        _ when clrType == typeof(IEnumerable<KeyValuePair<TKey, TValue>>) => OfPairs<IEnumerable<KeyValuePair<TKey, TValue>>>(type, key, value),
        _ when clrType == typeof(IReadOnlyList<KeyValuePair<TKey, TValue>>) => OfPairs<IReadOnlyList<KeyValuePair<TKey, TValue>>>(type, key, value),
        _ when clrType == typeof(IReadOnlyCollection<KeyValuePair<TKey, TValue>>) =>
            OfPairs<IReadOnlyCollection<KeyValuePair<TKey, TValue>>>(type, key, value),
        _ => null,
    };

    internal override Codec ComposeDefault(CqlType type, Codec key, Codec value) => OfDictionary<Dictionary<TKey, TValue>>(type, key, value);

    private static MapCodec<TMap, TKey, TValue> OfDictionary<TMap>(CqlType type, Codec key, Codec value)
        where TMap : class => Make(type, key, value, new DictionaryShape<TMap, TKey, TValue>());

    private static MapCodec<TMap, TKey, TValue> OfPairs<TMap>(CqlType type, Codec key, Codec value)
        where TMap : class => Make(type, key, value, new PairsShape<TMap, TKey, TValue>());

    private static MapCodec<TMap, TKey, TValue> Make<TMap>(CqlType type, Codec key, Codec value, MapShape<TMap, TKey, TValue> shape)
        where TMap : class => new(type, (Codec<TKey>)key, (Codec<TValue>)value, shape);
}
