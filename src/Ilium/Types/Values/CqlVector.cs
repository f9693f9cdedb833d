using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Ilium;

/// <summary>
/// A CQL <c>vector</c>: a fixed number of elements. This is what a vector is read as when no other type is asked for; arrays,
/// <see cref="ReadOnlyMemory{T}"/> and lists work as well. Equal when the elements are. It views the array it was made of; don't change that afterwards.
/// </summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public readonly struct CqlVector<T> : IEquatable<CqlVector<T>>, IReadOnlyList<T>
{
    /// <summary>Creates a vector over an array, which is not copied.</summary>
    /// <param name="items">The elements.</param>
    public CqlVector(params T[] items)
        : this(items.AsMemory())
    {
    }

    /// <summary>Creates a vector over memory, which is not copied.</summary>
    /// <param name="items">The elements.</param>
    public CqlVector(ReadOnlyMemory<T> items)
    {
        Memory = items;
    }

    /// <summary>The elements.</summary>
    public ReadOnlyMemory<T> Memory { get; }

    /// <summary>The elements.</summary>
    public ReadOnlySpan<T> Span => Memory.Span;

    /// <summary>How many elements there are.</summary>
    public int Count => Memory.Length;

    /// <summary>One element.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public T this[int index] => Memory.Span[index];

    /// <summary>A copy of the elements.</summary>
    public T[] ToArray() => Memory.ToArray();

    /// <summary>Iterates over the elements.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True when both have equal elements in the same order.</summary>
    /// <param name="other">The vector to compare with.</param>
    public bool Equals(CqlVector<T> other) => Span.SequenceEqual(other.Span, EqualityComparer<T>.Default);

    /// <summary>True for a vector of the same type with equal elements.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CqlVector<T> other && Equals(other);

    /// <summary>A hash of the elements.</summary>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Span)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>The elements in brackets.</summary>
    public override string ToString() => $"[{string.Join(", ", this)}]";

    /// <summary>Equal elements in the same order.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(CqlVector<T> left, CqlVector<T> right) => left.Equals(right);

    /// <summary>Different elements.</summary>
    /// <param name="left">One vector.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(CqlVector<T> left, CqlVector<T> right) => !left.Equals(right);
}
