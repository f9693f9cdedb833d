using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>An enum as its number, in a column of any integer type.</summary>
internal sealed class EnumNumberCodec<T> : CqlCodec
    where T : struct, Enum
{
    public override Type ClrType => typeof(T);

    internal override SequenceComposer? SequenceOf(Type element) => CustomCodecs.SequenceOf<T>(element);

    internal override NullableComposer Nullable => new NullableComposer<T>();

    internal override Codec? Bind(CqlType type, CodecRegistry registry) => type.Code switch
    {
        CqlTypeCode.Tinyint => new Bound<sbyte>(registry.Get<sbyte>(type)),
        CqlTypeCode.Smallint => new Bound<short>(registry.Get<short>(type)),
        CqlTypeCode.Int => new Bound<int>(registry.Get<int>(type)),
        CqlTypeCode.Bigint => new Bound<long>(registry.Get<long>(type)),
        CqlTypeCode.Varint => new Bound<Int128>(registry.Get<Int128>(type)),
        _ => null,
    };

    internal override MapComposer? MapOf(Type key, Type value) => CustomCodecs.MapOf<T>(key, value);

    private sealed class Bound<TNumber>(Codec<TNumber> number) : Codec<T>(number.CqlType)
        where TNumber : struct, IBinaryInteger<TNumber>
    {
        internal override T Read(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty)
            {
                throw CodecErrors.Empty(CqlType, typeof(T));
            }

            var stored = number.Read(bytes);
            try
            {
                // The JIT keeps the one line for the enum's underlying type.
                return Type.GetTypeCode(typeof(T)) switch
                {
                    TypeCode.SByte => Unsafe.BitCast<sbyte, T>(sbyte.CreateChecked(stored)),
                    TypeCode.Byte => Unsafe.BitCast<byte, T>(byte.CreateChecked(stored)),
                    TypeCode.Int16 => Unsafe.BitCast<short, T>(short.CreateChecked(stored)),
                    TypeCode.UInt16 => Unsafe.BitCast<ushort, T>(ushort.CreateChecked(stored)),
                    TypeCode.Int32 => Unsafe.BitCast<int, T>(int.CreateChecked(stored)),
                    TypeCode.UInt32 => Unsafe.BitCast<uint, T>(uint.CreateChecked(stored)),
                    TypeCode.Int64 => Unsafe.BitCast<long, T>(long.CreateChecked(stored)),
                    _ => Unsafe.BitCast<ulong, T>(ulong.CreateChecked(stored)),
                };
            }
            catch (OverflowException)
            {
                throw CodecErrors.OutOfRange(CqlType, typeof(T), stored.ToString(null, CultureInfo.InvariantCulture)!, "its underlying type is too small");
            }
        }

        internal override void Write(CqlWriter writer, T value)
        {
            try
            {
                number.Write(writer, Type.GetTypeCode(typeof(T)) switch
                {
                    TypeCode.SByte => TNumber.CreateChecked(Unsafe.BitCast<T, sbyte>(value)),
                    TypeCode.Byte => TNumber.CreateChecked(Unsafe.BitCast<T, byte>(value)),
                    TypeCode.Int16 => TNumber.CreateChecked(Unsafe.BitCast<T, short>(value)),
                    TypeCode.UInt16 => TNumber.CreateChecked(Unsafe.BitCast<T, ushort>(value)),
                    TypeCode.Int32 => TNumber.CreateChecked(Unsafe.BitCast<T, int>(value)),
                    TypeCode.UInt32 => TNumber.CreateChecked(Unsafe.BitCast<T, uint>(value)),
                    TypeCode.Int64 => TNumber.CreateChecked(Unsafe.BitCast<T, long>(value)),
                    _ => TNumber.CreateChecked(Unsafe.BitCast<T, ulong>(value)),
                });
            }
            catch (OverflowException)
            {
                throw new InvalidValueException($"{ClrTypeName.Of(typeof(T))}.{value} is {value:D}, which a {CqlType} can't hold.", CqlType, typeof(T));
            }
        }
    }
}
