using System.Collections.Immutable;
using System.Globalization;
using Ilium.Types;

namespace Ilium.Topology.Schema;

/// <summary>
/// Reads types as the schema tables write them: <c>frozen&lt;list&lt;int&gt;&gt;</c>, <c>vector&lt;float, 3&gt;</c>, names of user-defined types,
/// Java class names in quotes. What it can't make sense of is a <see cref="CqlCustomType"/>, whose values are bytes.
/// </summary>
internal static class CqlTypeText
{
    // Far beyond any schema, far below what the stack holds.
    private const int MaxDepth = 64;

    private const string FrozenPrefix = "frozen<";

    /// <param name="text">The type.</param>
    /// <param name="userType">Finds a user-defined type of the keyspace by its name; null when there is none.</param>
    internal static CqlType Parse(string text, Func<string, CqlType?> userType)
    {
        var reader = new Reader(text, userType);
        return reader.TryReadType(0) is { } type && reader.IsAtEnd ? type : new CqlCustomType(text);
    }

    /// <summary>The type without an outermost <c>frozen&lt;&gt;</c>, which CREATE FUNCTION and CREATE AGGREGATE do not take.</summary>
    internal static string Unfrozen(string text) => IsFrozen(text) ? text[FrozenPrefix.Length..^1] : text;

    internal static bool IsFrozen(string text) => text.StartsWith(FrozenPrefix, StringComparison.Ordinal) && text[^1] == '>';

    private static CqlType? Primitive(ReadOnlySpan<char> name) => name switch
    {
        "ascii" => CqlType.Ascii,
        "bigint" => CqlType.Bigint,
        "blob" => CqlType.Blob,
        "boolean" => CqlType.Boolean,
        "counter" => CqlType.Counter,
        "date" => CqlType.Date,
        "decimal" => CqlType.Decimal,
        "double" => CqlType.Double,
        "duration" => CqlType.Duration,
        "float" => CqlType.Float,
        "inet" => CqlType.Inet,
        "int" => CqlType.Int,
        "smallint" => CqlType.Smallint,
        "text" or "varchar" => CqlType.Text,
        "time" => CqlType.Time,
        "timestamp" => CqlType.Timestamp,
        "timeuuid" => CqlType.Timeuuid,
        "tinyint" => CqlType.Tinyint,
        "uuid" => CqlType.Uuid,
        "varint" => CqlType.Varint,
        _ => null,
    };

    /// <summary>A cursor over the text; every member gives null when the text is not what it reads.</summary>
    private ref struct Reader(string text, Func<string, CqlType?> userType)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _position;

        internal bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return _position == _text.Length;
            }
        }

        internal CqlType? TryReadType(int depth)
        {
            SkipSpace();
            if (depth > MaxDepth || _position == _text.Length)
            {
                return null;
            }

            if (_text[_position] is '"' or '\'')
            {
                var quote = _text[_position];
                return TryReadQuoted(quote) is not { } quoted
                    ? null
                    : quote == '"' ? userType(quoted) ?? new CqlCustomType(quoted) : CqlTypeParser.FromClassName(quoted);
            }

            var name = ReadWord();
            if (name.IsEmpty)
            {
                return null;
            }

            if (!TryTake('<'))
            {
                return Primitive(name) ?? userType(name.ToString()) ?? new CqlCustomType(name.ToString());
            }

            CqlType? type = name switch
            {
                "frozen" => TryReadType(depth + 1),
                "list" => TryReadType(depth + 1) is { } element ? new CqlListType(element) : null,
                "set" => TryReadType(depth + 1) is { } element ? new CqlSetType(element) : null,
                "map" => TryReadMap(depth),
                "tuple" => TryReadTuple(depth),
                "vector" => TryReadVector(depth),
                _ => null,
            };
            return type is not null && TryTake('>') ? type : null;
        }

        private CqlMapType? TryReadMap(int depth) =>
            TryReadType(depth + 1) is { } key && TryTake(',') && TryReadType(depth + 1) is { } value ? new CqlMapType(key, value) : null;

        private CqlTupleType? TryReadTuple(int depth)
        {
            var elements = ImmutableArray.CreateBuilder<CqlType>();
            do
            {
                if (TryReadType(depth + 1) is not { } element)
                {
                    return null;
                }

                elements.Add(element);
            }
            while (TryTake(','));
            return new CqlTupleType(elements.ToImmutable());
        }

        private CqlVectorType? TryReadVector(int depth)
        {
            if (TryReadType(depth + 1) is not { } element || !TryTake(','))
            {
                return null;
            }

            SkipSpace();
            return int.TryParse(ReadWord(), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions) && dimensions > 0
                ? new CqlVectorType(element, dimensions)
                : null;
        }

        private ReadOnlySpan<char> ReadWord()
        {
            var start = _position;
            while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == '_'))
            {
                _position++;
            }

            return _text[start.._position];
        }

        /// <summary>Up to the closing quote; two quotes stand for one.</summary>
        private string? TryReadQuoted(char quote)
        {
            var start = ++_position;
            for (; _position < _text.Length; _position++)
            {
                if (_text[_position] != quote)
                {
                    continue;
                }

                if (_position + 1 < _text.Length && _text[_position + 1] == quote)
                {
                    _position++;
                    continue;
                }

                return _text[start.._position++].ToString().Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal);
            }

            return null;
        }

        private bool TryTake(char wanted)
        {
            SkipSpace();
            if (_position == _text.Length || _text[_position] != wanted)
            {
                return false;
            }

            _position++;
            return true;
        }

        private void SkipSpace()
        {
            while (_position < _text.Length && _text[_position] == ' ')
            {
                _position++;
            }
        }
    }
}
