using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>blob</c> and custom types as a new array.</summary>
internal sealed class ByteArrayCodec(CqlType cqlType) : Codec<byte[]>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    internal override void Write(CqlWriter writer, byte[] value) => writer.WriteRaw(value);
}

/// <summary><c>blob</c> and custom types as <see cref="ReadOnlyMemory{T}"/> over a new array.</summary>
internal sealed class ReadOnlyMemoryCodec(CqlType cqlType) : Codec<ReadOnlyMemory<byte>>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    internal override void Write(CqlWriter writer, ReadOnlyMemory<byte> value) => writer.WriteRaw(value.Span);
}

/// <summary><c>blob</c> and custom types as <see cref="Memory{T}"/> over a new array.</summary>
internal sealed class MemoryCodec(CqlType cqlType) : Codec<Memory<byte>>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override Memory<byte> Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    internal override void Write(CqlWriter writer, Memory<byte> value) => writer.WriteRaw(value.Span);
}

/// <summary><c>blob</c> and custom types as a segment of an array; when read, the whole of a new one.</summary>
internal sealed class ByteSegmentCodec(CqlType cqlType) : Codec<ArraySegment<byte>>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override ArraySegment<byte> Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

    internal override void Write(CqlWriter writer, ArraySegment<byte> value) => writer.WriteRaw(value);
}
