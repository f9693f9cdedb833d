using System.Collections.Immutable;

namespace Ilium.Types;

/// <summary>Makes codecs of collections of one element type. Exists so that code for a collection is compiled with its element type known.</summary>
internal abstract class SequenceComposer
{
    /// <summary>The codec for a CLR collection type of this element, null when it is none that is known or does not suit the CQL type.</summary>
    internal abstract Codec? Compose(CqlType type, Codec element, Type clrType);

    /// <summary>List for a list, hash set for a set, <see cref="CqlVector{T}"/> for a vector.</summary>
    internal abstract Codec ComposeDefault(CqlType type, Codec element);
}

/// <inheritdoc/>
internal sealed class SequenceComposer<T> : SequenceComposer
{
    internal override Codec? Compose(CqlType type, Codec element, Type clrType)
    {
        var typed = (Codec<T>)element;
        return Common(type, typed, clrType) ?? type.Code switch
        {
            // A list has duplicates and an order, which a set would lose.
            CqlTypeCode.Set => OfSet(type, typed, clrType),
            CqlTypeCode.Vector => OfVector(type, typed, clrType),
            _ => null,
        };
    }

    internal override Codec ComposeDefault(CqlType type, Codec element) => type.Code switch
    {
        CqlTypeCode.Set => Make(type, element, new HashSetShape<HashSet<T>, T>()),
        CqlTypeCode.Vector => Make(type, element, new VectorShape<T>()),
        _ => Make(type, element, new ListShape<List<T>, T>()),
    };

    private static Codec? Common(CqlType type, Codec<T> element, Type clrType) => clrType switch
    {
        _ when clrType == typeof(T[]) => Make(type, element, new ArrayShape<T>()),
        _ when clrType == typeof(List<T>) => Make(type, element, new ListShape<List<T>, T>()),
        _ when clrType == typeof(IReadOnlyList<T>) => Make(type, element, new ListShape<IReadOnlyList<T>, T>()),
        _ when clrType == typeof(IList<T>) => Make(type, element, new ListShape<IList<T>, T>()),
        _ when clrType == typeof(IEnumerable<T>) => Make(type, element, new ListShape<IEnumerable<T>, T>()),
        _ when clrType == typeof(IReadOnlyCollection<T>) => Make(type, element, new ListShape<IReadOnlyCollection<T>, T>()),
        _ when clrType == typeof(ICollection<T>) => Make(type, element, new ListShape<ICollection<T>, T>()),
        _ when clrType == typeof(ImmutableArray<T>) => Make(type, element, new ImmutableArrayShape<T>()),
        _ when clrType == typeof(ImmutableList<T>) => Make(type, element, new ImmutableListShape<T>()),
        _ => null,
    };

    private static Codec? OfSet(CqlType type, Codec<T> element, Type clrType) => clrType switch
    {
        _ when clrType == typeof(HashSet<T>) => Make(type, element, new HashSetShape<HashSet<T>, T>()),
        _ when clrType == typeof(ISet<T>) => Make(type, element, new HashSetShape<ISet<T>, T>()),
        _ when clrType == typeof(IReadOnlySet<T>) => Make(type, element, new HashSetShape<IReadOnlySet<T>, T>()),
        _ when clrType == typeof(ImmutableHashSet<T>) => Make(type, element, new ImmutableHashSetShape<T>()),
        _ when clrType == typeof(SortedSet<T>) && ElementEquality.HasOrder<T>() => Make(type, element, new SortedSetShape<T>()),
        _ => null,
    };

    private static Codec? OfVector(CqlType type, Codec<T> element, Type clrType) => clrType switch
    {
        _ when clrType == typeof(CqlVector<T>) => Make(type, element, new VectorShape<T>()),
        _ when clrType == typeof(ReadOnlyMemory<T>) => Make(type, element, new ReadOnlyMemoryShape<T>()),
        _ when clrType == typeof(Memory<T>) => Make(type, element, new MemoryShape<T>()),
        _ => null,
    };

    private static SequenceCodec<TCollection, T> Make<TCollection>(CqlType type, Codec element, SequenceShape<TCollection, T> shape) =>
        new(type, (Codec<T>)element, shape);
}
