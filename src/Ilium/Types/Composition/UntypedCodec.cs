using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>Writes values of a CLR type that has no codec of its own as the type that another codec takes.</summary>
internal sealed class UntypedCodec(CqlType type, Codec inner, Func<object, object> convert) : Codec(type)
{
    internal override Type ClrType => typeof(object);

    internal override bool CanRead => false;

    internal override object? ReadObject(ReadOnlySpan<byte> bytes) => inner.ReadObject(bytes);

    internal override Codec Encrypted(CqlEncryptedType type) => new UntypedCodec(type, inner.Encrypted(type), convert);

    internal override void WriteObject(CqlWriter writer, object value) => inner.WriteObject(writer, convert(value));
}
