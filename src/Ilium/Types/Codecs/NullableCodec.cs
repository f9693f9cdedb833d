using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A <c>T?</c>: empty content is null, everything else is the inner codec's.</summary>
internal sealed class NullableCodec<T> : Codec<T?>
    where T : struct
{
    private readonly Codec<T> _inner;

    internal NullableCodec(Codec<T> inner)
        : base(inner.CqlType)
    {
        _inner = inner;
    }

    internal override bool CanRead => _inner.CanRead;

    internal override bool CanWrite => _inner.CanWrite;

    internal override bool EmptyIsValue => _inner.EmptyIsValue;

    internal override T? Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty && !_inner.EmptyIsValue ? null : _inner.Read(bytes);

    internal override void Write(CqlWriter writer, T? value) =>
        _inner.Write(writer, value ?? throw CodecErrors.WrongValueType(CqlType, null, typeof(T)));
}
