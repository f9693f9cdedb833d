using System.Collections.Frozen;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>An enum as the name of its value.</summary>
internal sealed class EnumTextCodec<T> : CqlCodec
    where T : struct, Enum
{
    // Of two names for one value, the one that the CLR prints is written; both are read.
    private readonly FrozenDictionary<T, string> _names = Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => value.ToString());
    private readonly FrozenDictionary<string, T> _values = Enum.GetNames<T>().ToFrozenDictionary(name => name, Enum.Parse<T>, StringComparer.Ordinal);

    public override Type ClrType => typeof(T);

    internal override SequenceComposer? SequenceOf(Type element) => CustomCodecs.SequenceOf<T>(element);

    internal override NullableComposer Nullable => new NullableComposer<T>();

    internal override Codec? Bind(CqlType type, CodecRegistry registry) => type.Code is CqlTypeCode.Text or CqlTypeCode.Ascii ? new Bound(this, registry.Get<string>(type)) : null;

    internal override MapComposer? MapOf(Type key, Type value) => CustomCodecs.MapOf<T>(key, value);

    private sealed class Bound(EnumTextCodec<T> owner, Codec<string> text) : Codec<T>(text.CqlType)
    {
        internal override bool EmptyIsValue => true;

        internal override T Read(ReadOnlySpan<byte> bytes)
        {
            var name = text.Read(bytes);
            return owner._values.TryGetValue(name, out var value) ? value : throw new InvalidValueException(
                $"'{name}' is no name of {ClrTypeName.Of(typeof(T))}, which has {string.Join(", ", Enum.GetNames<T>())}.", CqlType, typeof(T));
        }

        internal override void Write(CqlWriter writer, T value) => text.Write(
            writer,
            owner._names.TryGetValue(value, out var name) ? name : throw new InvalidValueException(
                $"{value} has no name in {ClrTypeName.Of(typeof(T))}, which has {string.Join(", ", Enum.GetNames<T>())}; store it as a number with CqlCodec.EnumAsNumber.", CqlType, typeof(T)));
    }
}
