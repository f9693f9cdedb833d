using System.Globalization;
using System.Net;
using System.Numerics;

namespace Ilium.Tests.Types.Random;

/// <summary>A random value as the text of CQL.</summary>
internal static class CqlLiteral
{
    internal static string Of(CqlType type, object? value) => (type, value) switch
    {
        (_, null) => "null",
        (CqlListType list, object[] items) => $"[{string.Join(", ", items.Select(item => Of(list.Element, item)))}]",
        (CqlSetType set, object[] items) => $"{{{string.Join(", ", items.Select(item => Of(set.Element, item)))}}}",
        (CqlVectorType vector, object[] items) => $"[{string.Join(", ", items.Select(item => Of(vector.Element, item)))}]",
        (CqlMapType map, KeyValuePair<object, object>[] entries) => $"{{{string.Join(", ", entries.Select(entry => $"{Of(map.Key, entry.Key)}: {Of(map.Value, entry.Value)}"))}}}",
        (CqlTupleType tuple, object?[] fields) => $"({string.Join(", ", fields.Select((field, i) => Of(tuple.Elements[i], field)))})",
        (CqlUserType user, object?[] fields) => $"{{{string.Join(", ", fields.Select((field, i) => $"{RandomTypes.Quoted(user.Fields[i].Name)}: {Of(user.Fields[i].Type, field)}"))}}}",
        _ => Scalar(value),
    };

    private static string Scalar(object value) => value switch
    {
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        byte[] bytes => "0x" + Convert.ToHexString(bytes),
        bool truth => truth ? "true" : "false",
        float number => Real(number, number.ToString("R", CultureInfo.InvariantCulture)),
        double number => Real(number, number.ToString("R", CultureInfo.InvariantCulture)),
        CqlDecimal number => string.Create(CultureInfo.InvariantCulture, $"{number.Unscaled}E{-(long)number.Scale}"),
        CqlTimestamp time => Whole(time.UnixMilliseconds),
        CqlDate date => Whole(date.DaysSinceEpoch + (1L << 31)),
        CqlTime time => Whole(time.Nanoseconds),
        CqlDuration duration => Duration(duration),
        IPAddress address => $"'{address}'",
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        Guid or TimeUuid => value.ToString()!,
        IConvertible number => Whole(number.ToInt64(CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"{value.GetType()}"),
    };

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Real(double number, string text) => number switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        0 => double.IsNegative(number) ? "-0.0" : "0.0",
        _ => text,
    };

    private static string Duration(CqlDuration value)
    {
        var sign = value.Months < 0 || value.Days < 0 || value.Nanoseconds < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs((long)value.Months)}mo{Math.Abs((long)value.Days)}d{Math.Abs(value.Nanoseconds)}ns");
    }
}
