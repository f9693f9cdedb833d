using System.Collections;

namespace Ilium.Types;

/// <summary>Equality of values by content, as the CQL type means it: the collections of the CLR compare by reference, and sets have no order.</summary>
internal static class StructuralEquality
{
    /// <param name="type">What both are values of; null when nobody knows.</param>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    internal static bool AreEqual(CqlType? type, object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => left is null && right is null,
        (string x, string y) => x == y,
        (double x, double y) => ElementEquality.For<double>()!.Equals(x, y),
        (float x, float y) => ElementEquality.For<float>()!.Equals(x, y),
        (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
        (IDictionary x, IDictionary y) => HaveTheSame(Entries(x), Entries(y), Comparer.OfEntries(type as CqlMapType)),
        (IEnumerable x, IEnumerable y) when !left.Equals(right) => type is CqlSetType set
            ? HaveTheSame(Items(x), Items(y), new Comparer(set.Element))
            : Items(x).SequenceEqual(Items(y), new Comparer(ElementOf(type))),
        _ => left.Equals(right),
    };

    /// <summary>Of scalars only: collections that are equal may be of different types.</summary>
    internal static int HashOf(object? value) => value is null or (IEnumerable and not string) ? 0 : value.GetHashCode();

    private static CqlType? ElementOf(CqlType? type) => type switch
    {
        CqlListType list => list.Element,
        CqlVectorType vector => vector.Element,
        _ => null,
    };

    private static IEnumerable<object?> Items(IEnumerable items) => items.Cast<object?>();

    private static IEnumerable<object?> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return entry;
        }
    }

    private static bool HaveTheSame(IEnumerable<object?> left, IEnumerable<object?> right, Comparer comparer)
    {
        var rest = new List<object?>(right);
        var others = new List<object?>();

        // Nearly always both are in the server's order, and then this is one pass.
        var next = 0;
        foreach (var item in left)
        {
            if (next < rest.Count && comparer.Equals(item, rest[next]))
            {
                next++;
            }
            else
            {
                others.Add(item);
            }
        }

        rest.RemoveRange(0, next);
        return rest.Count == others.Count && others.TrueForAll(item => Remove(rest, item, comparer));
    }

    private static bool Remove(List<object?> items, object? item, Comparer comparer)
    {
        var index = items.FindIndex(other => comparer.Equals(item, other));
        if (index >= 0)
        {
            items.RemoveAt(index);
        }

        return index >= 0;
    }

    private sealed class Comparer(CqlType? type, CqlType? ofValues = null) : IEqualityComparer<object?>
    {
        internal static Comparer OfEntries(CqlMapType? map) => new(map?.Key, map?.Value);

        public new bool Equals(object? x, object? y) => x is DictionaryEntry left && y is DictionaryEntry right
            ? AreEqual(type, left.Key, right.Key) && AreEqual(ofValues, left.Value, right.Value)
            : AreEqual(type, x, y);

        public int GetHashCode(object? obj) => obj is DictionaryEntry entry ? HashOf(entry.Key) : HashOf(obj);
    }
}
