using System.Globalization;

namespace Ilium.Types;

/// <summary>The words of the errors codecs raise, in one place so that they stay alike.</summary>
internal static class CodecErrors
{
    internal static InvalidValueException WrongLength(CqlType cqlType, Type clrType, int length, string expected) => length == 0
        ? Empty(cqlType, clrType)
        : new InvalidValueException(
            string.Create(CultureInfo.InvariantCulture, $"A value of type {cqlType} came with {length} bytes; it has {expected}."), cqlType, clrType);

    internal static InvalidValueException Empty(CqlType cqlType, Type clrType) => new(
        $"An empty value (zero bytes, which is not null) of type {cqlType} cannot be read as {ClrTypeName.Of(clrType)}; read it as a nullable type.",
        cqlType,
        clrType);

    internal static InvalidValueException NullElement(CqlType cqlType, Type clrType) => new(
        $"A null inside a {cqlType} cannot be read as {ClrTypeName.Of(clrType)}; use a nullable element type.", cqlType, clrType);

    internal static InvalidValueException NullField(CqlType cqlType, Type clrType) => new(
        $"is null, which {ClrTypeName.Of(clrType)} can't hold. Read it as {ClrTypeName.Of(clrType)}?, or ask IsNull first.", cqlType, clrType);

    internal static InvalidValueException NullElementWritten(CqlType cqlType) => new(
        $"A {cqlType} cannot hold null; leave the element out.", cqlType);

    internal static InvalidValueException EmptyKey(CqlType cqlType, Type clrType) => new(
        $"A {cqlType} came with an empty key, which no dictionary can hold; read it as an array of KeyValuePair whose key is {ClrTypeName.Of(clrType)}.", cqlType, clrType);

    internal static InvalidValueException KeyTwice(CqlType cqlType, int index) => new(
        string.Create(CultureInfo.InvariantCulture, $"A {cqlType} was given two entries with one key (by the server's order, entries {index - 1} and {index}); leave one out."), cqlType);

    internal static InvalidValueException Twice(CqlType cqlType, Type clrType, string advice) => new(
        $"A {cqlType} came with two elements that are equal as {ClrTypeName.Of(clrType)}, and one would be lost; read it as {advice}.", cqlType, clrType);

    internal static InvalidValueException Malformed(CqlType cqlType, string what) => new($"The bytes of a {cqlType} are not valid: {what}.", cqlType);

    internal static InvalidValueException OutOfRange(CqlType cqlType, Type clrType, string value, string advice) => new(
        $"The {cqlType} value {value} does not fit {ClrTypeName.Of(clrType)}; {advice}.", cqlType, clrType);

    internal static InvalidTypeException ReadWouldNarrow(CqlType cqlType, Type clrType, Type natural) => new(
        $"A {cqlType} cannot be read as {ClrTypeName.Of(clrType)}, which may be too small; read it as {ClrTypeName.Of(natural)}.", cqlType, clrType);

    internal static InvalidTypeException WriteWouldNarrow(CqlType cqlType, Type clrType, Type natural) => new(
        $"A {ClrTypeName.Of(clrType)} cannot be written to a {cqlType}, which may be too small; convert it to {ClrTypeName.Of(natural)}.", cqlType, clrType);

    internal static InvalidTypeException WrongValueType(CqlType cqlType, object? value, Type expected) => new(
        $"A {(value is null ? "null" : ClrTypeName.Of(value.GetType()))} was given for a {cqlType}, where {ClrTypeName.Of(expected)} is expected.",
        cqlType,
        value?.GetType());
}
