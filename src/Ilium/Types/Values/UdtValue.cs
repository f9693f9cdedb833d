using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Ilium.Types;

namespace Ilium;

/// <summary>
/// A value of a user-defined type, field by field. Fields may be null; those added to the type after the value was stored are. Equal when the types
/// have the same name and all fields are equal. Immutable and safe for all threads: <see cref="With"/> gives a changed copy.
/// </summary>
public sealed class UdtValue : IEquatable<UdtValue>
{
    /// <summary>Creates a value to be written.</summary>
    /// <param name="type">The type, from the cluster's schema or a prepared statement's parameters.</param>
    /// <param name="values">The fields in the type's order; those left out at the end are null.</param>
    /// <exception cref="ArgumentException">There are more values than fields.</exception>
    public UdtValue(CqlUserType type, params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length > type.Fields.Length)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{type} has {type.Fields.Length} fields, but {values.Length} values were given."), nameof(values));
        }

        var items = new object?[type.Fields.Length];
        values.CopyTo(items, 0);
        Type = type;
        Fields = new FieldValues(items);
    }

    internal UdtValue(CqlUserType type, FieldValues fields)
    {
        Type = type;
        Fields = fields;
    }

    /// <summary>The type, with the names and types of all fields.</summary>
    public CqlUserType Type { get; }

    /// <summary>How many fields there are.</summary>
    public int Count => Fields.Count;

    internal FieldValues Fields { get; }

    /// <summary>A field as its natural CLR type, or null.</summary>
    /// <param name="name">Its name, in its own case.</param>
    /// <exception cref="ArgumentException">The type has no such field.</exception>
    /// <exception cref="InvalidValueException">The field's bytes are not what its type says.</exception>
    public object? this[string name] => this[Require(name)];

    /// <summary>A field as its natural CLR type, or null.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such field.</exception>
    /// <exception cref="InvalidValueException">The field's bytes are not what its type says.</exception>
    public object? this[int index] => Fields.GetObject(index, Type.Fields[index].Type);

    /// <summary>A field as a type of your choice.</summary>
    /// <param name="name">Its name, in its own case.</param>
    /// <typeparam name="T">A CLR type that suits the field's CQL type.</typeparam>
    /// <exception cref="ArgumentException">The type has no such field.</exception>
    /// <exception cref="InvalidTypeException">The CLR type does not suit.</exception>
    /// <exception cref="InvalidValueException">The field is null and <typeparamref name="T"/> cannot be, or its bytes are not valid.</exception>
    public T Get<T>(string name) => Get<T>(Require(name));

    /// <summary>A field as a type of your choice.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <typeparam name="T">A CLR type that suits the field's CQL type.</typeparam>
    /// <exception cref="IndexOutOfRangeException">There is no such field.</exception>
    /// <exception cref="InvalidTypeException">The CLR type does not suit.</exception>
    /// <exception cref="InvalidValueException">The field is null and <typeparamref name="T"/> cannot be, or its bytes are not valid.</exception>
    public T Get<T>(int index)
    {
        var field = Type.Fields[index];
        try
        {
            return Fields.Get<T>(index, field.Type);
        }
        catch (InvalidTypeException wrong)
        {
            throw wrong.Within($"Field '{field.Name}' of {Type}");
        }
        catch (InvalidValueException wrong)
        {
            throw wrong.Within($"Field '{field.Name}' of {Type}");
        }
    }

    /// <summary>True when the field is null.</summary>
    /// <param name="name">Its name, in its own case.</param>
    /// <exception cref="ArgumentException">The type has no such field.</exception>
    public bool IsNull(string name) => Fields.IsNull(Require(name));

    /// <summary>True when the field is null.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such field.</exception>
    public bool IsNull(int index) => Fields.IsNull(index);

    /// <summary>A copy with one field changed.</summary>
    /// <param name="name">The field's name, in its own case.</param>
    /// <param name="value">The new value, or null. Whether it suits the field is checked when the value is bound.</param>
    /// <exception cref="ArgumentException">The type has no such field.</exception>
    public UdtValue With(string name, object? value) => new(Type, Fields.With(Require(name), value));

    /// <summary>True when both are of the same type and have equal fields, compared as their natural CLR types.</summary>
    /// <param name="other">The value to compare with.</param>
    public bool Equals(UdtValue? other)
    {
        if (other is null || other.Type.Name != Type.Name || other.Type.Keyspace != Type.Keyspace || other.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!StructuralEquality.AreEqual(Type.Fields[i].Type, Any(i), other.Any(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a value of the same type with equal fields.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as UdtValue);

    /// <summary>A hash of the type's name and the fields that are not collections.</summary>
    public override int GetHashCode()
    {
        var hash = Type.GetHashCode();
        for (var i = 0; i < Count; i++)
        {
            hash = HashCode.Combine(hash, StructuralEquality.HashOf(Any(i)));
        }

        return hash;
    }

    /// <summary>The fields in braces, with their names.</summary>
    public override string ToString() => $"{{{string.Join(", ", Type.Fields.Select((field, i) => $"{CqlIdentifier.ToCql(field.Name)}: {FieldText.Of(Any(i))}"))}}}";

    internal int IndexOf(string name)
    {
        for (var i = 0; i < Type.Fields.Length; i++)
        {
            if (Type.Fields[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private object? Any(int index) => Fields.GetAny(index, Type.Fields[index].Type);

    private int Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = IndexOf(name);
        return index >= 0
            ? index
            : throw new ArgumentException($"{Type} has no field '{name}'; it has {string.Join(", ", Type.Fields.Select(field => field.Name))}.", nameof(name));
    }
}
