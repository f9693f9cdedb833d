using System.Collections;

namespace Ilium.Types;

/// <summary>Equality of natural values by content: the collections of the CLR compare by reference.</summary>
internal static class StructuralEquality
{
    internal static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => left is null && right is null,
        (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
        (string x, string y) => x == y,
        (IDictionary x, IDictionary y) => x.Count == y.Count
            && x.Keys.Cast<object>().All(key => y.Contains(key) && AreEqual(x[key], y[key])),
        (IEnumerable x, IEnumerable y) when !left.Equals(right) => x.Cast<object?>().SequenceEqual(y.Cast<object?>(), Comparer.Instance),
        _ => left.Equals(right),
    };

    /// <summary>Of scalars only: collections that are equal may be of different types.</summary>
    internal static int HashOf(object? value) => value is null or (IEnumerable and not string) ? 0 : value.GetHashCode();

    private sealed class Comparer : IEqualityComparer<object?>
    {
        internal static Comparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) => AreEqual(x, y);

        public int GetHashCode(object? obj) => HashOf(obj);
    }
}
