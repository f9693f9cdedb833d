using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Ilium.Types;

/// <summary>Builds one kind of CLR collection from elements and takes it apart again. Stateless.</summary>
internal abstract class SequenceShape<TCollection, T>
{
    internal abstract TCollection Read(ref ElementSource<T> source);

    internal abstract void Write(ref ElementTarget<T> target, TCollection value);

    /// <summary>Any sequence; those that are memory underneath go as a whole.</summary>
    private protected static void WriteAll(ref ElementTarget<T> target, IEnumerable<T> items)
    {
        switch (items)
        {
            // An array of a derived type has no span of its base type.
            case T[] array when array.GetType() == typeof(T[]):
                target.AddRange(array);
                break;
            case List<T> list:
                target.AddRange(CollectionsMarshal.AsSpan(list));
                break;
            default:
                foreach (var item in items)
                {
                    target.Add(item);
                }

                break;
        }
    }
}

/// <summary><c>T[]</c>.</summary>
internal sealed class ArrayShape<T> : SequenceShape<T[], T>
{
    internal override T[] Read(ref ElementSource<T> source) => source.ToArray();

    internal override void Write(ref ElementTarget<T> target, T[] value) => WriteAll(ref target, value);
}

/// <summary><see cref="List{T}"/> and every interface it has.</summary>
internal sealed class ListShape<TList, T> : SequenceShape<TList, T>
    where TList : class, IEnumerable<T>
{
    internal override TList Read(ref ElementSource<T> source)
    {
        var list = new List<T>(source.Count);
        CollectionsMarshal.SetCount(list, source.Count);
        source.Fill(CollectionsMarshal.AsSpan(list));
        return (TList)(object)list;
    }

    internal override void Write(ref ElementTarget<T> target, TList value) => WriteAll(ref target, value);
}

/// <summary><see cref="HashSet{T}"/> and every interface of sets it has. Iterates in the server's order, which is sorted.</summary>
internal sealed class HashSetShape<TSet, T> : SequenceShape<TSet, T>
    where TSet : class, IEnumerable<T>
{
    internal override TSet Read(ref ElementSource<T> source)
    {
        var set = new HashSet<T>(source.Count, ElementEquality.For<T>());
        for (var i = 0; i < source.Count; i++)
        {
            if (!set.Add(source.Next()))
            {
                throw source.Twice();
            }
        }

        return (TSet)(object)set;
    }

    internal override void Write(ref ElementTarget<T> target, TSet value) => WriteAll(ref target, value);
}

/// <summary><see cref="SortedSet{T}"/>, in the CLR's order of the elements.</summary>
internal sealed class SortedSetShape<T> : SequenceShape<SortedSet<T>, T>
{
    internal override SortedSet<T> Read(ref ElementSource<T> source)
    {
        var set = new SortedSet<T>(ElementEquality.OrderFor<T>());
        for (var i = 0; i < source.Count; i++)
        {
            if (!set.Add(source.Next()))
            {
                throw source.Twice();
            }
        }

        return set;
    }

    internal override void Write(ref ElementTarget<T> target, SortedSet<T> value) => WriteAll(ref target, value);
}

/// <summary><see cref="ImmutableArray{T}"/>.</summary>
internal sealed class ImmutableArrayShape<T> : SequenceShape<ImmutableArray<T>, T>
{
    internal override ImmutableArray<T> Read(ref ElementSource<T> source) => ImmutableCollectionsMarshal.AsImmutableArray(source.ToArray());

    internal override void Write(ref ElementTarget<T> target, ImmutableArray<T> value)
    {
        if (value.IsDefault)
        {
            throw new InvalidValueException("default(ImmutableArray) is neither null nor empty; use ImmutableArray<T>? or ImmutableArray<T>.Empty.");
        }

        target.AddRange(value.AsSpan());
    }
}

/// <summary><see cref="ImmutableList{T}"/>.</summary>
internal sealed class ImmutableListShape<T> : SequenceShape<ImmutableList<T>, T>
{
    internal override ImmutableList<T> Read(ref ElementSource<T> source) => ImmutableList.Create(source.ToArray());

    internal override void Write(ref ElementTarget<T> target, ImmutableList<T> value) => WriteAll(ref target, value);
}

/// <summary><see cref="ImmutableHashSet{T}"/>.</summary>
internal sealed class ImmutableHashSetShape<T> : SequenceShape<ImmutableHashSet<T>, T>
{
    internal override ImmutableHashSet<T> Read(ref ElementSource<T> source)
    {
        var set = ImmutableHashSet.Create(ElementEquality.For<T>(), source.ToArray());
        return set.Count == source.Count ? set : throw source.Twice();
    }

    internal override void Write(ref ElementTarget<T> target, ImmutableHashSet<T> value) => WriteAll(ref target, value);
}

/// <summary><see cref="ReadOnlyMemory{T}"/> of a vector.</summary>
internal sealed class ReadOnlyMemoryShape<T> : SequenceShape<ReadOnlyMemory<T>, T>
{
    internal override ReadOnlyMemory<T> Read(ref ElementSource<T> source) => source.ToArray();

    internal override void Write(ref ElementTarget<T> target, ReadOnlyMemory<T> value) => target.AddRange(value.Span);
}

/// <summary><see cref="Memory{T}"/> of a vector.</summary>
internal sealed class MemoryShape<T> : SequenceShape<Memory<T>, T>
{
    internal override Memory<T> Read(ref ElementSource<T> source) => source.ToArray();

    internal override void Write(ref ElementTarget<T> target, Memory<T> value) => target.AddRange(value.Span);
}

/// <summary><see cref="CqlVector{T}"/>.</summary>
internal sealed class VectorShape<T> : SequenceShape<CqlVector<T>, T>
{
    internal override CqlVector<T> Read(ref ElementSource<T> source) => new(source.ToArray());

    internal override void Write(ref ElementTarget<T> target, CqlVector<T> value) => target.AddRange(value.Span);
}
