using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// Turns the content of one CQL type into one CLR type and back. Stateless and safe for all threads. Content only: the length before it and the
/// −1 of a null belong to whoever holds the value.
/// </summary>
internal abstract class Codec
{
    private protected Codec(CqlType cqlType)
    {
        CqlType = cqlType;
    }

    internal CqlType CqlType { get; }

    internal abstract Type ClrType { get; }

    /// <summary>False where reading could lose a part of the value, as <c>int</c> from a <c>bigint</c>; reading then throws.</summary>
    internal virtual bool CanRead => true;

    /// <summary>False where writing could lose a part of the value, as <c>long</c> to an <c>int</c>; writing then throws.</summary>
    internal virtual bool CanWrite => true;

    /// <summary>True for types where zero bytes are a value of their own (text, blob), not the "empty" left over from Thrift.</summary>
    internal virtual bool EmptyIsValue => false;

    /// <summary>The value, or null when the content is empty and the type has no empty value.</summary>
    internal abstract object? ReadObject(ReadOnlySpan<byte> bytes);

    internal abstract void WriteObject(CqlWriter writer, object value);

    /// <summary>The same for a column whose values are encrypted.</summary>
    internal abstract Codec Encrypted(CqlEncryptedType type);
}

/// <summary>A <see cref="Codec"/> that neither boxes nor casts.</summary>
internal abstract class Codec<T> : Codec
{
    private protected Codec(CqlType cqlType)
        : base(cqlType)
    {
    }

    internal sealed override Type ClrType => typeof(T);

    /// <summary>
    /// Decodes the whole of <paramref name="bytes"/>. Where the type has no empty value, zero bytes give null when <typeparamref name="T"/> can be
    /// null, else an <see cref="InvalidValueException"/>.
    /// </summary>
    internal abstract T Read(ReadOnlySpan<byte> bytes);

    /// <summary>Encodes a value that is not null.</summary>
    internal abstract void Write(CqlWriter writer, T value);

    internal override object? ReadObject(ReadOnlySpan<byte> bytes) => bytes.IsEmpty && !EmptyIsValue ? null : Read(bytes);

    internal override void WriteObject(CqlWriter writer, object value)
    {
        if (value is not T typed)
        {
            throw CodecErrors.WrongValueType(CqlType, value, typeof(T));
        }

        Write(writer, typed);
    }

    internal sealed override Codec Encrypted(CqlEncryptedType type) => new EncryptedCodec<T>(type, this);
}
