using System.Globalization;
using System.Net;
using System.Numerics;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Values;

/// <summary>Scalars from the text of literals, JSON and options, and as text.</summary>
internal static class ValueText
{
    private const long NanosecondsPerDay = 86_400_000_000_000;

    private static readonly string[] TimestampFormats =
    [
        .. from date in new[] { "yyyy-MM-dd" }
           from time in new[]
           {
               "", " HH:mm", "'T'HH:mm", " HH:mm:ss", "'T'HH:mm:ss", " HH:mm:ss.f", "'T'HH:mm:ss.f", " HH:mm:ss.ff", "'T'HH:mm:ss.ff", " HH:mm:ss.fff", "'T'HH:mm:ss.fff", " HH:mm:ss.ffffff", "'T'HH:mm:ss.ffffff",
           }
           from zone in new[] { "", "K", "zzz", " zzz" }
           select date + time + zone,
    ];

    /// <summary>The bytes a text stands for.</summary>
    /// <exception cref="CqlError">It stands for none of this type.</exception>
    internal static byte[] Parse(CqlType type, string text)
    {
        if (type is CqlTupleType tuple)
        {
            return ParseTuple(tuple, text);
        }

        switch (type.Code)
        {
            case CqlTypeCode.Ascii:
                return text.All(char.IsAscii) ? ValueBytes.Text(text) : throw CqlError.Invalid($"Invalid ASCII character in string literal: {text}");
            case CqlTypeCode.Text:
                return ValueBytes.Text(text);
            case CqlTypeCode.Blob:
                return ParseBlob(text);
            case CqlTypeCode.Boolean:
                return text.Equals("true", StringComparison.OrdinalIgnoreCase) ? ValueBytes.True
                    : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? ValueBytes.False
                    : throw CqlError.Invalid($"Unable to make boolean from '{text}'");
            case CqlTypeCode.Tinyint:
                return sbyte.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var tiny) ? ValueBytes.Tinyint(tiny) : throw Fail("byte", text);
            case CqlTypeCode.Smallint:
                return short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small) ? ValueBytes.Smallint(small) : throw Fail("short", text);
            case CqlTypeCode.Int:
                return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? ValueBytes.Int(number) : throw Fail("int", text);
            case CqlTypeCode.Bigint or CqlTypeCode.Counter:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big) ? ValueBytes.Bigint(big) : throw Fail("long", text);
            case CqlTypeCode.Varint:
                return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                    ? ValueBytes.Varint(integer)
                    : throw CqlError.Invalid($"unable to make int from '{text}'");
            case CqlTypeCode.Float:
                return ValueBytes.Float(ParseFloat(text));
            case CqlTypeCode.Double:
                return ValueBytes.Double(ParseDouble(text));
            case CqlTypeCode.Decimal:
                return CqlDecimal.TryParse(text, out var exact) ? ValueBytes.Decimal(exact) : throw CqlError.Invalid($"unable to make BigDecimal from '{text}'");
            case CqlTypeCode.Uuid:
                return Guid.TryParseExact(text, "D", out var uuid) ? ValueBytes.Uuid(uuid) : throw CqlError.Invalid($"Unable to make UUID from '{text}'");
            case CqlTypeCode.Timeuuid:
                return ParseTimeUuid(text);
            case CqlTypeCode.Inet:
                return text == "localhost" ? [127, 0, 0, 1] : IPAddress.TryParse(text, out var address) ? address.GetAddressBytes() : throw CqlError.Invalid($"Unable to make inet address from '{text}'");
            case CqlTypeCode.Timestamp when text.Length == 0:
                return [];
            case CqlTypeCode.Timestamp:
                return ValueBytes.Bigint(ParseTimestamp(text));
            case CqlTypeCode.Date:
                return ParseDate(text);
            case CqlTypeCode.Time:
                return ParseTime(text);
            case CqlTypeCode.Duration:
                return CqlDuration.TryParse(text, out var duration) ? ValueBytes.Duration(duration) : throw CqlError.Invalid($"Unable to convert '{text}' to a duration");
            default:
                throw CqlError.Invalid($"A value of type {type} can't be made from '{text}'");
        }
    }

    /// <summary>A scalar as CAST(… AS text) and messages show it.</summary>
    internal static string Format(CqlType type, byte[] bytes)
    {
        if (bytes.Length == 0 && type.Code is not (CqlTypeCode.Text or CqlTypeCode.Ascii or CqlTypeCode.Blob))
        {
            return "";
        }

        return type.Code switch
        {
            CqlTypeCode.Ascii or CqlTypeCode.Text => ValueBytes.ToText(bytes),
            CqlTypeCode.Boolean => bytes[0] != 0 ? "true" : "false",
            CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint or CqlTypeCode.Counter or CqlTypeCode.Varint =>
                ValueBytes.ToInteger(type, bytes).ToString(CultureInfo.InvariantCulture),
            CqlTypeCode.Float => JavaNumbers.ToText(System.Buffers.Binary.BinaryPrimitives.ReadSingleBigEndian(bytes)),
            CqlTypeCode.Double => JavaNumbers.ToText(System.Buffers.Binary.BinaryPrimitives.ReadDoubleBigEndian(bytes)),
            CqlTypeCode.Decimal => ValueBytes.ToDecimal(bytes).ToString(),
            CqlTypeCode.Uuid or CqlTypeCode.Timeuuid => new Guid(bytes, bigEndian: true).ToString(),
            CqlTypeCode.Inet => FormatInet(bytes),
            CqlTypeCode.Timestamp => FormatTimestamp(ValueBytes.ToBigint(bytes)),
            CqlTypeCode.Date => new CqlDate(ValueBytes.ToDaysSinceEpoch(bytes)).ToString(),
            CqlTypeCode.Time => FormatTime(ValueBytes.ToBigint(bytes)),
            CqlTypeCode.Duration => ValueBytes.ToDuration(bytes).ToString(),
            _ => "0x" + Convert.ToHexStringLower(bytes),
        };
    }

    internal static string FormatTimestamp(long milliseconds, string format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'") =>
        milliseconds is > -62135596800000 and < 253402300800000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString(format, CultureInfo.InvariantCulture)
            : milliseconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>As Java writes addresses: no zeros are left out.</summary>
    private static string FormatInet(byte[] bytes) => bytes.Length == 4
        ? new IPAddress(bytes).ToString()
        : string.Join(':', Enumerable.Range(0, 8).Select(i => ((bytes[2 * i] << 8) | bytes[2 * i + 1]).ToString("x", CultureInfo.InvariantCulture)));

    internal static string FormatTime(long nanoseconds)
    {
        var seconds = nanoseconds / 1_000_000_000;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}.{nanoseconds % 1_000_000_000:000000000}");
    }

    internal static long ParseTimestamp(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return milliseconds;
        }

        var plain = text.EndsWith(" UTC", StringComparison.Ordinal) || text.EndsWith(" GMT", StringComparison.Ordinal) ? text[..^4] + "Z" : text;
        return DateTimeOffset.TryParseExact(plain, TimestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUnixTimeMilliseconds()
            : throw CqlError.Invalid($"Unable to parse a date/time from '{text}'");
    }

    // Fields with colons between them; @ is null.
    private static byte[] ParseTuple(CqlTupleType tuple, string text)
    {
        var parts = text.Split(':');
        return parts.Length <= tuple.Elements.Length
            ? ValueParts.Tuple([.. parts.Select((part, i) => part == "@" ? null : Parse(tuple.Elements[i], part))])
            : throw CqlError.Invalid($"Invalid tuple literal: too many elements. Type {tuple} expects {tuple.Elements.Length} but got {parts.Length}");
    }

    private static byte[] ParseBlob(string text)
    {
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            throw CqlError.Invalid($"String representation of blob is missing 0x prefix: {text}");
        }

        try
        {
            return Convert.FromHexString(text.AsSpan(2));
        }
        catch (FormatException)
        {
            throw CqlError.Invalid($"An hex string representing bytes must have an even length and hexadecimal digits: {text}");
        }
    }

    private static float ParseFloat(string text) => text.TrimStart('-').ToUpperInvariant() switch
    {
        "NAN" => float.NaN,
        "INFINITY" => text[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity,
        _ => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw CqlError.Invalid($"Unable to make float from '{text}'"),
    };

    private static double ParseDouble(string text) => text.TrimStart('-').ToUpperInvariant() switch
    {
        "NAN" => double.NaN,
        "INFINITY" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? double.IsFinite(value) ? value : throw CqlError.Syntax($"{text} is not a finite number")
            : throw CqlError.Invalid($"Unable to make double from '{text}'"),
    };

    private static byte[] ParseTimeUuid(string text)
    {
        if (!Guid.TryParseExact(text, "D", out var uuid))
        {
            throw CqlError.Invalid($"Unable to make time-based UUID from '{text}'");
        }

        var bytes = ValueBytes.Uuid(uuid);
        return bytes[6] >> 4 == 1 ? bytes : throw CqlError.Invalid("TimeUUID supports only version 1 UUIDs");
    }

    private static byte[] ParseDate(string text)
    {
        if (text.Length > 0 && text.TrimStart('-').All(char.IsAsciiDigit))
        {
            return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var raw)
                ? ValueBytes.Int(unchecked((int)raw))
                : throw CqlError.Invalid($"Unable to make unsigned int (for date) from: '{text}'");
        }

        return IsPaddedDate(text) && CqlDate.TryParse(text, out var date) ? ValueBytes.Date(date.DaysSinceEpoch) : throw CqlError.Invalid($"Unable to coerce '{text}' to a formatted date (long)");
    }

    /// <summary>Month and day have two digits each, and the year at least four and, as the type could hold one more day of it, not the last year there is.</summary>
    private static bool IsPaddedDate(string text)
    {
        var parts = text.TrimStart('-').Split('-');
        return parts.Length == 3 && parts[0].Length >= 4 && parts[1].Length == 2 && parts[2].Length == 2 && !text.StartsWith("5881580", StringComparison.Ordinal);
    }

    private static byte[] ParseTime(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            return nanoseconds is >= 0 and < NanosecondsPerDay
                ? ValueBytes.Bigint(nanoseconds)
                : throw CqlError.Invalid($"(long) Time out of range '{text}' must be 0 <= time < {NanosecondsPerDay}");
        }

        return text.Count(c => c == ':') == 2 && CqlTime.TryParse(text, out var time)
            ? ValueBytes.Bigint(time.Nanoseconds)
            : throw CqlError.Invalid($"(TimeType) Unable to coerce '{text}' to a formatted time (long)");
    }

    private static CqlError Fail(string kind, string text) => CqlError.Invalid($"Unable to make {kind} from '{text}'");
}
