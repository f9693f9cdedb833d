using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ilium.Types;

namespace Ilium;

/// <summary>
/// A CQL <c>tuple</c> of any length whose element types are not known when the program is written. Value tuples are the better choice where they
/// are. Elements may be null. Equal when the elements are. Immutable and safe for all threads.
/// </summary>
public sealed class CqlTuple : IEquatable<CqlTuple>
{
    /// <summary>Creates a tuple to be written.</summary>
    /// <param name="items">The elements, as many as the CQL type has.</param>
    public CqlTuple(params object?[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Fields = new FieldValues((object?[])items.Clone());
    }

    internal CqlTuple(CqlTupleType type, FieldValues fields)
    {
        Type = type;
        Fields = fields;
    }

    /// <summary>The type it was read as; null for a tuple made in code.</summary>
    public CqlTupleType? Type { get; }

    /// <summary>How many elements there are.</summary>
    public int Count => Fields.Count;

    internal FieldValues Fields { get; }

    /// <summary>An element as its natural CLR type, or null.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    /// <exception cref="InvalidValueException">The element's bytes are not what its type says.</exception>
    public object? this[int index] => Fields.GetObject(index, TypeOf(index));

    /// <summary>An element as a type of your choice.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <typeparam name="T">A CLR type that suits the element's CQL type.</typeparam>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    /// <exception cref="InvalidTypeException">The CLR type does not suit.</exception>
    /// <exception cref="InvalidValueException">The element is null and <typeparamref name="T"/> cannot be, or its bytes are not valid.</exception>
    public T Get<T>(int index)
    {
        try
        {
            return Fields.Get<T>(index, TypeOf(index));
        }
        catch (InvalidTypeException wrong) when (Type is not null)
        {
            throw wrong.Within(CqlTupleCodec.ElementName(Type, index));
        }
        catch (InvalidValueException wrong) when (Type is not null)
        {
            throw wrong.Within(CqlTupleCodec.ElementName(Type, index));
        }
    }

    /// <summary>True when the element is null.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public bool IsNull(int index) => Fields.IsNull(index);

    /// <summary>True when both have equal elements, compared as their natural CLR types.</summary>
    /// <param name="other">The tuple to compare with.</param>
    public bool Equals(CqlTuple? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!StructuralEquality.AreEqual((Type ?? other.Type)?.Elements[i], Any(i), other.Any(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a tuple with equal elements.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as CqlTuple);

    /// <summary>A hash of the elements that are not collections.</summary>
    public override int GetHashCode()
    {
        var hash = Count;
        for (var i = 0; i < Count; i++)
        {
            hash = HashCode.Combine(hash, StructuralEquality.HashOf(Any(i)));
        }

        return hash;
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => $"({string.Join(", ", Enumerable.Range(0, Count).Select(i => FieldText.Of(Any(i))))})";

    internal static CqlTuple FromItems(ITuple tuple)
    {
        var items = new object?[tuple.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = tuple[i];
        }

        return new CqlTuple(items);
    }

    private object? Any(int index) => Fields.GetAny(index, TypeOf(index));

    private CqlType TypeOf(int index) => Type?.Elements[index] ?? CqlType.Blob;
}
