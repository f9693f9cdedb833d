using System.Globalization;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Exchanges;

/// <summary>
/// Values to be bound, as an exchange writes them: <c>1</c> an int, <c>1L</c> a bigint, <c>1s</c>, <c>1t</c>, <c>1.5</c> a double, <c>1.5f</c>, <c>'text'</c>, <c>0x00</c> bytes,
/// <c>true</c>, <c>null</c>, <c>unset</c>, a UUID; <c>[1, 2]</c> a list or set, <c>{1: 2}</c> a map, <c>(1, 2)</c> a tuple or user-defined type, <c>&lt;1f, 2f&gt;</c> a vector;
/// <c>name=1</c> a named value.
/// </summary>
public sealed class ExchangeValues(string text)
{
    private static readonly byte[] Unset = [];

    private int _at;

    /// <summary>The values as QUERY, EXECUTE and BATCH have them: a number, then each with its name if it has one.</summary>
    public static (byte[] Bytes, bool AreNamed) Encode(string text)
    {
        var (values, names) = new ExchangeValues(text).ReadAll();
        var writer = new WireWriter().Short(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            if (names.Count > 0)
            {
                writer.String(names[i]);
            }

            Write(writer, values[i]);
        }

        return (writer.ToArray(), names.Count > 0);
    }

    private static void Write(WireWriter writer, byte[]? value)
    {
        if (ReferenceEquals(value, Unset))
        {
            writer.Int(-2);
        }
        else
        {
            writer.Bytes(value);
        }
    }

    private (List<byte[]?> Values, List<string> Names) ReadAll()
    {
        var values = new List<byte[]?>();
        var names = new List<string>();
        while (SkipSpace() < text.Length)
        {
            var equals = text.IndexOf('=', _at);
            if (equals > 0 && text[_at..equals].All(c => char.IsAsciiLetter(c) || c is '[' or ']' or '_' or '(' or ')'))
            {
                names.Add(text[_at..equals]);
                _at = equals + 1;
            }

            values.Add(ReadValue());
            if (SkipSpace() < text.Length)
            {
                Expect(',');
            }
        }

        return (values, names);
    }

    private int SkipSpace()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }

        return _at;
    }

    private void Expect(char expected)
    {
        if (SkipSpace() == text.Length || text[_at++] != expected)
        {
            throw new FormatException($"{expected} expected at {_at} of {text}");
        }
    }

    private byte[]? ReadValue()
    {
        SkipSpace();
        switch (text[_at])
        {
            case '\'':
                var end = text.IndexOf('\'', _at + 1);
                var content = text[(_at + 1)..end];
                _at = end + 1;
                return ValueBytes.Text(content);
            case '[':
                var elements = ReadUntil(']');
                return Sized(elements, elements.Count);
            case '{':
                var entries = ReadUntil('}');
                return Sized(entries, entries.Count / 2);
            case '(':
                return Sized(ReadUntil(')'), count: null);
            case '<':
                return [.. ReadUntil('>').SelectMany(element => element!)];
            default:
                var start = _at;
                while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '.' or '+'))
                {
                    _at++;
                }

                return Word(text[start.._at]);
        }
    }

    private List<byte[]?> ReadUntil(char close)
    {
        _at++;
        var values = new List<byte[]?>();
        while (SkipSpace() < text.Length && text[_at] != close)
        {
            values.Add(ReadValue());
            if (text[SkipSpace()] is ',' or ':')
            {
                _at++;
            }
        }

        Expect(close);
        return values;
    }

    private static byte[] Sized(List<byte[]?> parts, int? count)
    {
        var writer = new WireWriter();
        if (count is { } number)
        {
            writer.Int(number);
        }

        foreach (var part in parts)
        {
            Write(writer, part);
        }

        return writer.ToArray();
    }

    private static byte[]? Word(string word) => word switch
    {
        "null" => null,
        "unset" => Unset,
        "true" => ValueBytes.Boolean(true),
        "false" => ValueBytes.Boolean(false),
        _ when word.StartsWith("0x", StringComparison.Ordinal) => Convert.FromHexString(word.AsSpan(2)),
        _ when Guid.TryParseExact(word, "D", out var uuid) => ValueBytes.Uuid(uuid),
        _ when word[^1] == 'L' => ValueBytes.Bigint(long.Parse(word[..^1], CultureInfo.InvariantCulture)),
        _ when word[^1] == 's' => ValueBytes.Smallint(short.Parse(word[..^1], CultureInfo.InvariantCulture)),
        _ when word[^1] == 't' => ValueBytes.Tinyint(sbyte.Parse(word[..^1], CultureInfo.InvariantCulture)),
        _ when word[^1] == 'f' => ValueBytes.Float(float.Parse(word[..^1], CultureInfo.InvariantCulture)),
        _ when word.Contains('.', StringComparison.Ordinal) => ValueBytes.Double(double.Parse(word, CultureInfo.InvariantCulture)),
        _ => ValueBytes.Int(int.Parse(word, CultureInfo.InvariantCulture)),
    };
}
