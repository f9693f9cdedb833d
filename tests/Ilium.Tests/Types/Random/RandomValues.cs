using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using CsCheck;

namespace Ilium.Tests.Types.Random;

/// <summary>
/// Random values of a CQL type, in a form of the tests' own: the CLR type with the whole range of each scalar; arrays for lists, sets, vectors, and the fields of tuples
/// and user-defined types, where null stands for null; pairs for maps.
/// </summary>
internal static class RandomValues
{
    private static readonly Gen<object> Ascii = Gen.Char[(char)1, (char)127].Array[0, 12].Select(characters => (object)new string(characters));

    private static readonly Gen<object> Text = Choice.Between(
        Ascii, Choice.Between(Gen.Int[1, 0xD7FF], Gen.Int[0xE000, 0x10FFFF]).Select(char.ConvertFromUtf32).Array[0, 40].Select(runes => (object)string.Concat(runes)));

    private static readonly Gen<object> Timestamp = Choice.Between(
        Gen.Long[-62_135_596_800_000, 253_402_300_799_999], Gen.Long[-62_135_596_800_000, 253_402_300_799_999], Gen.Long, Choice.Of<long>(0, -1, long.MinValue, long.MaxValue))
        .Select(milliseconds => (object)new CqlTimestamp(milliseconds));

    private static readonly Gen<object> Date = Choice.Between(
        Gen.Int[-719_162, 2_932_896], Gen.Int[-719_162, 2_932_896], Gen.Int, Choice.Of<int>(0, -1, int.MinValue, int.MaxValue)).Select(days => (object)new CqlDate(days));

    private static readonly Gen<object> Time = Choice.Between(
        Gen.Long[0, 863_999_999_999].Select(ticks => ticks * 100), Gen.Long[0, 86_399_999_999_999], Choice.Of(0L, 86_399_999_999_999)).Select(time => (object)new CqlTime(time));

    private static readonly Gen<object> Double = Choice.Between(
        Gen.Long.Select(BitConverter.Int64BitsToDouble), Choice.Of<double>(0, -0d, 1, -1, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity))
        .Select(number => (object)(double.IsNaN(number) ? BitConverter.Int64BitsToDouble(0x7FF8000000000000) : number));

    private static readonly Gen<object> Single = Choice.Between(
        Gen.Int.Select(BitConverter.Int32BitsToSingle), Choice.Of<float>(0, -0f, 1, -1, float.Epsilon, float.MaxValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity))
        .Select(number => (object)(float.IsNaN(number) ? BitConverter.Int32BitsToSingle(0x7FC00000) : number));

    private static readonly Gen<BigInteger> Integer = Choice.Between(
        Gen.Byte.Array[0, 20].Select(bytes => new BigInteger(bytes)), Gen.Long.Select(number => (BigInteger)number), Gen.Int[-300, 300].Select(number => (BigInteger)number));

    private static readonly Gen<object> Duration = Gen.Select(
        Choice.Between(Gen.Int[0, 40], Gen.Int[0, int.MaxValue]), Choice.Between(Gen.Int[0, 40], Gen.Int[0, int.MaxValue]), Choice.Between(Gen.Long[0, 1000], Gen.Long[0, long.MaxValue]), Gen.Bool,
        (months, days, nanoseconds, negative) => (object)(negative ? new CqlDuration(-months, -days, -nanoseconds) : new CqlDuration(months, days, nanoseconds)));

    private static readonly Gen<object> TimeUuids = Gen.Byte.Array[16].Select(bytes =>
    {
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x10);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return (object)TimeUuid.FromGuid(new Guid(bytes, bigEndian: true));
    });

    private static readonly Gen<object> Uuid = Choice.Between(
        Gen.Byte.Array[16].Select(bytes => new Guid(bytes, bigEndian: true)), TimeUuids.Select(id => ((TimeUuid)id).ToGuid()), Choice.Of(Guid.Empty, Guid.AllBitsSet)).Select(id => (object)id);

    private static readonly Gen<object> Address = Choice.Between(
        Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes)), Gen.Byte.Array[16].Select(bytes => new IPAddress([.. bytes.AsSpan(0, 15), (byte)(bytes[15] | 1)]))).Select(address => (object)address);

    internal static Gen<object> Of(CqlType type) => type switch
    {
        CqlListType list => Of(list.Element).Array[0, 5].Select(items => (object)items),
        CqlSetType set => Of(set.Element).Array[0, 5].Select(items => (object)Distinct(set.Element, items)),
        CqlMapType map => Gen.Select(Of(map.Key).Array[0, 5], Of(map.Value).Array[5], (keys, values) =>
            (object)Distinct(map.Key, keys).Select((key, i) => new KeyValuePair<object, object>(key, values[i])).ToArray()),
        CqlVectorType vector => Of(vector.Element).Array[vector.Dimensions].Select(items => (object)items),
        CqlTupleType tuple => Fields(tuple.Elements),
        CqlUserType user => Fields(user.Fields.Select(field => field.Type)),
        _ => Scalar(type.Code),
    };

    private static Gen<object> Scalar(CqlTypeCode code) => code switch
    {
        CqlTypeCode.Ascii => Ascii,
        CqlTypeCode.Text => Text,
        CqlTypeCode.Blob => Gen.Byte.Array[0, 20].Select(bytes => (object)bytes),
        CqlTypeCode.Boolean => Gen.Bool.Select(value => (object)value),
        CqlTypeCode.Tinyint => Gen.SByte.Select(number => (object)number),
        CqlTypeCode.Smallint => Gen.Short.Select(number => (object)number),
        CqlTypeCode.Int => Choice.Between(Gen.Int, Choice.Of<int>(0, -1, int.MinValue, int.MaxValue)).Select(number => (object)number),
        CqlTypeCode.Bigint or CqlTypeCode.Counter => Choice.Between(Gen.Long, Choice.Of<long>(0, -1, long.MinValue, long.MaxValue)).Select(number => (object)number),
        CqlTypeCode.Varint => Integer.Select(number => (object)number),
        CqlTypeCode.Decimal => Gen.Select(Integer, Choice.Between(Gen.Int[0, 5], Gen.Int[-40, 400]), (unscaled, scale) => (object)new CqlDecimal(unscaled, scale)),
        CqlTypeCode.Float => Single,
        CqlTypeCode.Double => Double,
        CqlTypeCode.Timestamp => Timestamp,
        CqlTypeCode.Date => Date,
        CqlTypeCode.Time => Time,
        CqlTypeCode.Duration => Duration,
        CqlTypeCode.Uuid => Uuid,
        CqlTypeCode.Timeuuid => TimeUuids,
        CqlTypeCode.Inet => Address,
        _ => throw new NotSupportedException($"{code}"),
    };

    private static Gen<object> Fields(IEnumerable<CqlType> types) => types
        .Select(type => Choice.Mostly(5, Of(type).Select(value => (object?)value), Gen.Const((object?)null)))
        .Aggregate(Gen.Const(ImmutableList<object?>.Empty), (fields, field) => Gen.Select(fields, field, (all, next) => all.Add(next)))
        .Select(fields => (object)fields.ToArray());

    private static object[] Distinct(CqlType type, object[] items) => [.. items.DistinctBy(item => ValueText.OfKey(type, item))];
}
