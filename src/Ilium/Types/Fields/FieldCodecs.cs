using System.Globalization;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A tuple as <see cref="CqlTuple"/>.</summary>
internal sealed class CqlTupleCodec(CqlTupleType type, CodecRegistry registry) : Codec<CqlTuple>(type)
{
    internal override CqlTuple Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? null!
        : new CqlTuple(type, FieldValues.Read(bytes, type, type.Elements.Length, mayBeLonger: false, registry));

    internal static string ElementName(CqlTupleType type, int index) => string.Create(CultureInfo.InvariantCulture, $"Element {index} of {type}");

    internal override void Write(CqlWriter writer, CqlTuple value)
    {
        if (value.Count != type.Elements.Length)
        {
            throw new InvalidTypeException(
                string.Create(CultureInfo.InvariantCulture, $"A {type} has {type.Elements.Length} elements; the CqlTuple has {value.Count}."), type, ClrType);
        }

        for (var i = 0; i < value.Count; i++)
        {
            try
            {
                value.Fields.Write(writer, i, value.Type?.Elements[i], type.Elements[i], registry);
            }
            catch (InvalidTypeException wrong)
            {
                throw wrong.Within(ElementName(type, i));
            }
            catch (InvalidValueException wrong)
            {
                throw wrong.Within(ElementName(type, i));
            }
        }
    }
}

/// <summary>
/// A user-defined type as <see cref="UdtValue"/>. The server may send fewer fields than the type has (they were added later), or more (they were
/// added since the type was looked up).
/// </summary>
internal sealed class UdtCodec(CqlUserType type, CodecRegistry registry) : Codec<UdtValue>(type)
{
    internal override UdtValue Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? null!
        : new UdtValue(type, FieldValues.Read(bytes, type, type.Fields.Length, mayBeLonger: true, registry));

    internal override void Write(CqlWriter writer, UdtValue value)
    {
        if (value.Type.Name != type.Name || value.Type.Keyspace != type.Keyspace)
        {
            throw new InvalidTypeException($"A value of the user-defined type {value.Type} was given for a {type}.", type, ClrType);
        }

        // The two may differ when the type was altered between: by name, and what the value does not know is null.
        if (!ReferenceEquals(value.Type, type))
        {
            RequireAllFieldsKnown(value);
        }

        foreach (var field in type.Fields)
        {
            var index = value.IndexOf(field.Name);
            if (index < 0)
            {
                writer.WriteInt32(-1);
                continue;
            }

            try
            {
                value.Fields.Write(writer, index, value.Type.Fields[index].Type, field.Type, registry);
            }
            catch (InvalidTypeException wrong)
            {
                throw wrong.Within($"Field '{field.Name}' of {type}");
            }
            catch (InvalidValueException wrong)
            {
                throw wrong.Within($"Field '{field.Name}' of {type}");
            }
        }

        // Fields that the type has got since it was looked up: what is written over the value must not lose them.
        if (ReferenceEquals(value.Type, type) || value.Type.Equals(type))
        {
            writer.WriteRaw(value.Fields.Tail);
        }
    }

    private void RequireAllFieldsKnown(UdtValue value)
    {
        for (var i = 0; i < value.Count; i++)
        {
            var name = value.Type.Fields[i].Name;
            if (!value.IsNull(i) && !type.Fields.Any(field => field.Name == name))
            {
                throw new InvalidTypeException($"The user-defined type {type} has no field '{name}'.", type, ClrType);
            }
        }
    }
}
