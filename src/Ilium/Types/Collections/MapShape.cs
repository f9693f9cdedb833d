using System.Collections.Immutable;

namespace Ilium.Types;

/// <summary>Builds one kind of CLR dictionary from entries and takes it apart again. Stateless.</summary>
internal abstract class MapShape<TMap, TKey, TValue>
    where TMap : class
    where TKey : notnull
{
    internal abstract TMap Read(ref EntrySource<TKey, TValue> source);

    internal virtual IEnumerable<KeyValuePair<TKey, TValue>> Entries(TMap map) => (IEnumerable<KeyValuePair<TKey, TValue>>)map;
}

/// <summary><see cref="Dictionary{TKey, TValue}"/> and the interfaces of dictionaries. Iterates in the server's order, which is sorted.</summary>
internal sealed class DictionaryShape<TMap, TKey, TValue> : MapShape<TMap, TKey, TValue>
    where TMap : class
    where TKey : notnull
{
    internal override TMap Read(ref EntrySource<TKey, TValue> source)
    {
        var map = new Dictionary<TKey, TValue>(source.Count, ElementEquality.For<TKey>());
        for (var i = 0; i < source.Count; i++)
        {
            var (key, value) = source.Next();
            if (!map.TryAdd(key, value))
            {
                throw source.Twice();
            }
        }

        return (TMap)(object)map;
    }
}

/// <summary><see cref="SortedDictionary{TKey, TValue}"/>, in the CLR's order of the keys.</summary>
internal sealed class SortedDictionaryShape<TKey, TValue> : MapShape<SortedDictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    internal override SortedDictionary<TKey, TValue> Read(ref EntrySource<TKey, TValue> source)
    {
        var map = new SortedDictionary<TKey, TValue>(ElementEquality.OrderFor<TKey>());
        for (var i = 0; i < source.Count; i++)
        {
            var (key, value) = source.Next();
            if (!map.TryAdd(key, value))
            {
                throw source.Twice();
            }
        }

        return map;
    }
}

/// <summary><see cref="ImmutableDictionary{TKey, TValue}"/>.</summary>
internal sealed class ImmutableDictionaryShape<TKey, TValue> : MapShape<ImmutableDictionary<TKey, TValue>, TKey, TValue>
    where TKey : notnull
{
    internal override ImmutableDictionary<TKey, TValue> Read(ref EntrySource<TKey, TValue> source)
    {
        var map = ImmutableDictionary.CreateBuilder<TKey, TValue>(ElementEquality.For<TKey>());
        for (var i = 0; i < source.Count; i++)
        {
            var (key, value) = source.Next();
            if (map.ContainsKey(key))
            {
                throw source.Twice();
            }

            map.Add(key, value);
        }

        return map.ToImmutable();
    }
}

/// <summary>The entries as an array or list, for keys whose equality is not the server's.</summary>
internal sealed class PairsShape<TMap, TKey, TValue> : MapShape<TMap, TKey, TValue>
    where TMap : class
    where TKey : notnull
{
    internal override TMap Read(ref EntrySource<TKey, TValue> source)
    {
        var array = new KeyValuePair<TKey, TValue>[source.Count];
        for (var i = 0; i < array.Length; i++)
        {
            array[i] = source.NextPair();
        }

        return typeof(TMap) == typeof(List<KeyValuePair<TKey, TValue>>)
            ? (TMap)(object)new List<KeyValuePair<TKey, TValue>>(array)
            : (TMap)(object)array;
    }
}
