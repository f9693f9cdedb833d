namespace Ilium.Types;

/// <summary>
/// How elements of sets and keys of maps compare where the CLR would not tell apart what the server does, and so lose one of two: blobs by content,
/// text code unit by code unit, −0 and 0 as two numbers.
/// </summary>
internal static class ElementEquality
{
    /// <summary>Null means the type's own equality.</summary>
    internal static IEqualityComparer<T>? For<T>() => Special(typeof(T)) as IEqualityComparer<T>;

    /// <summary>Null means the type's own order.</summary>
    internal static IComparer<T>? OrderFor<T>() => (typeof(T) == typeof(string) ? StringComparer.Ordinal : Special(typeof(T))) as IComparer<T>;

    /// <summary>True when a sorted collection of such elements can work.</summary>
    internal static bool HasOrder<T>()
    {
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return type == typeof(byte[]) || typeof(IComparable).IsAssignableFrom(type) || typeof(IComparable<T>).IsAssignableFrom(type);
    }

    private static object? Special(Type type) => type switch
    {
        _ when type == typeof(byte[]) => BlobComparer.Instance,
        _ when type == typeof(double) => DoubleComparer.Instance,
        _ when type == typeof(float) => SingleComparer.Instance,
        _ when type == typeof(object) => ObjectComparer.Instance,
        _ => null,
    };

    /// <summary>Elements of a type that is known only from the values: each like its own type.</summary>
    private sealed class ObjectComparer : IEqualityComparer<object>
    {
        internal static ObjectComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) => (x, y) switch
        {
            (byte[] left, byte[] right) => BlobComparer.Instance.Equals(left, right),
            (double left, double right) => DoubleComparer.Instance.Equals(left, right),
            (float left, float right) => SingleComparer.Instance.Equals(left, right),
            _ => object.Equals(x, y),
        };

        public int GetHashCode(object obj) => obj switch
        {
            byte[] blob => BlobComparer.Instance.GetHashCode(blob),
            double number => DoubleComparer.Instance.GetHashCode(number),
            float number => SingleComparer.Instance.GetHashCode(number),
            _ => obj.GetHashCode(),
        };
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

    /// <summary>The server's order: −0 before 0, and every NaN the same and last.</summary>
    private sealed class DoubleComparer : IEqualityComparer<double>, IComparer<double>
    {
        internal static DoubleComparer Instance { get; } = new();

        public bool Equals(double x, double y) => Compare(x, y) == 0;

        public int GetHashCode(double obj) => double.IsNaN(obj) ? 0 : BitConverter.DoubleToInt64Bits(obj).GetHashCode();

        public int Compare(double x, double y)
        {
            if (double.IsNaN(x) || double.IsNaN(y))
            {
                return double.IsNaN(x).CompareTo(double.IsNaN(y));
            }

            return x == 0 && y == 0 ? double.IsNegative(y).CompareTo(double.IsNegative(x)) : x.CompareTo(y);
        }
    }

    private sealed class SingleComparer : IEqualityComparer<float>, IComparer<float>
    {
        internal static SingleComparer Instance { get; } = new();

        public bool Equals(float x, float y) => Compare(x, y) == 0;

        public int GetHashCode(float obj) => DoubleComparer.Instance.GetHashCode(obj);

        public int Compare(float x, float y) => DoubleComparer.Instance.Compare(x, y);
    }
}
