using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;

namespace Ilium.Tests.Types.Random;

/// <summary>The bytes of a random value, written down from the protocol's text (v5 §6) and the server's classes, without the driver's codecs. Sets and maps in the order they are in.</summary>
internal static class ReferenceEncoding
{
    internal static byte[] Of(CqlType type, object value) => (type, value) switch
    {
        (CqlListType list, object[] items) => [.. Int(items.Length), .. items.SelectMany(item => Prefixed(Of(list.Element, item)))],
        (CqlSetType set, object[] items) => [.. Int(items.Length), .. items.SelectMany(item => Prefixed(Of(set.Element, item)))],
        (CqlMapType map, KeyValuePair<object, object>[] entries) =>
            [.. Int(entries.Length), .. entries.SelectMany(entry => Prefixed(Of(map.Key, entry.Key)).Concat(Prefixed(Of(map.Value, entry.Value))))],
        (CqlVectorType vector, object[] items) => [.. items.Select(item => Of(vector.Element, item)).SelectMany(item => HasFixedSize(vector.Element) ? item : [.. Variable(item.Length), .. item])],
        (CqlTupleType tuple, object?[] fields) => [.. fields.SelectMany((field, i) => Field(tuple.Elements[i], field))],
        (CqlUserType user, object?[] fields) => [.. fields.SelectMany((field, i) => Field(user.Fields[i].Type, field))],
        _ => Scalar(value),
    };

    /// <summary>The value with the elements of its sets and the entries of its maps in the order of their bytes: no order of the server's, but one that does not depend on who wrote it.</summary>
    internal static object? Ordered(CqlType type, object? value) => (type, value) switch
    {
        (CqlListType list, object[] items) => items.Select(item => Ordered(list.Element, item)).ToArray(),
        (CqlVectorType vector, object[] items) => items.Select(item => Ordered(vector.Element, item)).ToArray(),
        (CqlSetType set, object[] items) => items.Select(item => Ordered(set.Element, item)!).OrderBy(item => Convert.ToHexString(Of(set.Element, item)), StringComparer.Ordinal).ToArray(),
        (CqlMapType map, KeyValuePair<object, object>[] entries) => entries.Select(entry => new KeyValuePair<object, object>(Ordered(map.Key, entry.Key)!, Ordered(map.Value, entry.Value)!))
            .OrderBy(entry => Convert.ToHexString(Of(map.Key, entry.Key)), StringComparer.Ordinal).ToArray(),
        (CqlTupleType tuple, object?[] fields) => fields.Select((field, i) => Ordered(tuple.Elements[i], field)).ToArray(),
        (CqlUserType user, object?[] fields) => fields.Select((field, i) => Ordered(user.Fields[i].Type, field)).ToArray(),
        _ => value,
    };

    private static byte[] Scalar(object value) => value switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        bool truth => [truth ? (byte)1 : (byte)0],
        sbyte number => [(byte)number],
        short number => Big(number, 2),
        int number => Int(number),
        long number => Long(number),
        BigInteger number => number.ToByteArray(isBigEndian: true),
        float number => Int(BitConverter.SingleToInt32Bits(number)),
        double number => Long(BitConverter.DoubleToInt64Bits(number)),
        CqlDecimal number => [.. Int(number.Scale), .. number.Unscaled.ToByteArray(isBigEndian: true)],
        CqlTimestamp time => Long(time.UnixMilliseconds),
        CqlDate date => Int(unchecked(date.DaysSinceEpoch + int.MinValue)),
        CqlTime time => Long(time.Nanoseconds),
        CqlDuration duration => [.. Variable(ZigZag(duration.Months)), .. Variable(ZigZag(duration.Days)), .. Variable(ZigZag(duration.Nanoseconds))],
        Guid id => id.ToByteArray(bigEndian: true),
        TimeUuid id => id.ToGuid().ToByteArray(bigEndian: true),
        IPAddress address => address.GetAddressBytes(),
        _ => throw new NotSupportedException($"{value.GetType()}"),
    };

    private static bool HasFixedSize(CqlType type) => type is CqlVectorType vector
        ? HasFixedSize(vector.Element)
        : type.Code is CqlTypeCode.Boolean or CqlTypeCode.Int or CqlTypeCode.Float or CqlTypeCode.Bigint or CqlTypeCode.Double or CqlTypeCode.Timestamp or CqlTypeCode.Uuid or CqlTypeCode.Timeuuid;

    private static byte[] Field(CqlType type, object? value) => value is null ? [255, 255, 255, 255] : Prefixed(Of(type, value));

    private static byte[] Prefixed(byte[] content) => [.. Int(content.Length), .. content];

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>[unsigned vint]: as many leading one bits as bytes follow the first.</summary>
    private static byte[] Variable(long value) => Variable((ulong)value);

    private static byte[] Variable(ulong value)
    {
        for (var extra = 0; extra < 8; extra++)
        {
            if (value < 1UL << (7 * (extra + 1)))
            {
                var bytes = Big((long)value, extra + 1);
                bytes[0] |= (byte)~(0xFF >> extra);
                return bytes;
            }
        }

        return [255, .. Long((long)value)];
    }

    private static byte[] Big(long value, int size) => Long(value)[(sizeof(long) - size)..];

    private static byte[] Int(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
