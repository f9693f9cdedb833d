namespace Ilium.Types;

/// <summary>How elements of sets and keys of maps compare where the CLR would compare references: blobs compare by content, as on the server.</summary>
internal static class ElementEquality
{
    /// <summary>Null means the type's own equality.</summary>
    internal static IEqualityComparer<T>? For<T>() => typeof(T) == typeof(byte[]) ? (IEqualityComparer<T>)(object)BlobComparer.Instance : null;

    /// <summary>Null means the type's own order.</summary>
    internal static IComparer<T>? OrderFor<T>() => typeof(T) == typeof(byte[]) ? (IComparer<T>)(object)BlobComparer.Instance : null;

    /// <summary>True when a sorted collection of such elements can work.</summary>
    internal static bool HasOrder<T>()
    {
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return type == typeof(byte[]) || typeof(IComparable).IsAssignableFrom(type) || typeof(IComparable<T>).IsAssignableFrom(type);
    }

    private sealed class BlobComparer : IEqualityComparer<byte[]>, IComparer<byte[]>
    {
        internal static BlobComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x is null || y is null ? ReferenceEquals(x, y) : x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
