using System.Collections;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ilium.Tests.Types.Random;

/// <summary>A value of a CQL type as text that shows all of it, whatever CLR type it has: two are the same value when their texts are.</summary>
internal static class ValueText
{
    internal static string Of(CqlType type, object? value) => Of(type, value, asKey: false);

    /// <summary>The same text for all values that a set or the keys of a map hold one of: numbers that differ only in scale, zeros inside tuples.</summary>
    internal static string OfKey(CqlType type, object? value) => type.Code is CqlTypeCode.Float or CqlTypeCode.Double ? Of(type, value) : Of(type, value, asKey: true);

    /// <summary>The elements of anything that a list, set, vector or map is read as, also of what is no IEnumerable.</summary>
    internal static IEnumerable<object?> Items(object value) => value is IEnumerable items
        ? items.Cast<object?>()
        : ((IEnumerable)value.GetType().GetMethod("ToArray", Type.EmptyTypes)!.Invoke(value, null)!).Cast<object?>();

    internal static (object? Key, object? Value) Entry(object entry) => entry switch
    {
        KeyValuePair<object, object> pair => (pair.Key, pair.Value),
        _ => (entry.GetType().GetProperty("Key")!.GetValue(entry), entry.GetType().GetProperty("Value")!.GetValue(entry)),
    };

    private static string Of(CqlType type, object? value, bool asKey) => (type, value) switch
    {
        (_, null) => "null",
        (CqlListType list, _) => $"[{Joined(Items(value).Select(item => Of(list.Element, item, asKey)))}]",
        (CqlVectorType vector, _) => $"<{Joined(Items(value).Select(item => Of(vector.Element, item, asKey)))}>",
        (CqlSetType set, _) => $"{{{Joined(Items(value).Select(item => Of(set.Element, item, asKey)).Order(StringComparer.Ordinal))}}}",
        (CqlMapType map, _) => $"{{{Joined(Items(value).Select(item => Entry(map, item!, asKey)).Order(StringComparer.Ordinal))}}}",
        (CqlTupleType tuple, _) => $"({Joined(tuple.Elements.Select((element, i) => Of(element, Field(element, value, i), asKey)))})",
        (CqlUserType user, _) => $"({Joined(user.Fields.Select((field, i) => $"{field.Name}: {Of(field.Type, Field(field.Type, value, i), asKey)}"))})",
        _ => Scalar(type.Code, value, asKey),
    };

    private static string Entry(CqlMapType map, object entry, bool asKey)
    {
        var (key, value) = Entry(entry);
        return $"{Of(map.Key, key, asKey)}: {Of(map.Value, value, asKey)}";
    }

    private static object? Field(CqlType type, object value, int index) => value switch
    {
        object?[] fields => fields[index],
        CqlTuple tuple => tuple.IsNull(index) ? null : ClrShapes.Get(tuple, type, index),
        UdtValue user => user.IsNull(index) ? null : ClrShapes.Get(user, type, index),
        ITuple tuple => tuple[index],
        _ => throw new NotSupportedException($"{value.GetType()} for a {type}"),
    };

    private static string Scalar(CqlTypeCode code, object value, bool asKey) => code switch
    {
        CqlTypeCode.Ascii or CqlTypeCode.Text => Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(value switch
        {
            char[] characters => new string(characters),
            _ => value.ToString()!,
        })),
        CqlTypeCode.Blob => Convert.ToHexString(value is byte[] bytes ? bytes : [.. Items(value).Cast<byte>()]),
        CqlTypeCode.Float => Bits(BitConverter.SingleToInt32Bits((float)value), asKey),
        CqlTypeCode.Double => Bits(BitConverter.DoubleToInt64Bits((double)value), asKey),
        CqlTypeCode.Decimal when asKey => Normal((CqlDecimal)value),
        CqlTypeCode.Decimal => Invariant($"{((CqlDecimal)value).Unscaled}E{-(long)((CqlDecimal)value).Scale}"),
        CqlTypeCode.Timestamp => Invariant($"{(value is DateTimeOffset time ? time.ToUnixTimeMilliseconds() : ((CqlTimestamp)value).UnixMilliseconds)}"),
        CqlTypeCode.Date => Invariant($"{(value is DateOnly date ? date.DayNumber - 719_162 : ((CqlDate)value).DaysSinceEpoch)}"),
        CqlTypeCode.Time => Invariant($"{(value is TimeOnly time ? time.Ticks * 100 : ((CqlTime)value).Nanoseconds)}"),
        CqlTypeCode.Duration => Invariant($"{((CqlDuration)value).Months} {((CqlDuration)value).Days} {((CqlDuration)value).Nanoseconds}"),
        CqlTypeCode.Inet => Convert.ToHexString(((IPAddress)value).GetAddressBytes()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Bits<T>(T bits, bool asKey)
        where T : IBinaryInteger<T>, IMinMaxValue<T> => Invariant($"{(asKey && bits == T.MinValue ? T.Zero : bits):X}");

    private static string Normal(CqlDecimal value)
    {
        var (unscaled, scale) = (value.Unscaled, (long)value.Scale);
        while (!unscaled.IsZero && unscaled % 10 == 0)
        {
            (unscaled, scale) = (unscaled / 10, scale - 1);
        }

        return unscaled.IsZero ? "0" : Invariant($"{unscaled}E{-scale}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Joined(IEnumerable<string> parts) => string.Join(", ", parts);
}
