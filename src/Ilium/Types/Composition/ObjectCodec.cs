using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>Any type as <see cref="object"/>: read as its natural CLR type, written as what the value is.</summary>
internal sealed class ObjectCodec : Codec<object>
{
    private readonly CodecRegistry _registry;
    private readonly Codec _natural;

    internal ObjectCodec(CqlType type, CodecRegistry registry)
        : base(type)
    {
        _registry = registry;
        _natural = registry.GetDefault(type);
    }

    internal override bool EmptyIsValue => _natural.EmptyIsValue;

    internal override object Read(ReadOnlySpan<byte> bytes) => _natural.ReadObject(bytes)!;

    internal override void Write(CqlWriter writer, object value) => _registry.GetFor(CqlType, value.GetType()).WriteObject(writer, value);

    internal override void WriteObject(CqlWriter writer, object value) => Write(writer, value);
}
