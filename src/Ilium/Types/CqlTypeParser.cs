using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Ilium.Types;

/// <summary>
/// Reads the Java class names servers use for types the protocol has no number for, such as
/// <c>org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 3)</c>. What it can't make sense of is a
/// <see cref="CqlCustomType"/>, whose values are bytes.
/// </summary>
internal static class CqlTypeParser
{
    private const string Package = "org.apache.cassandra.db.marshal.";

    // Far beyond any schema, far below what the stack holds.
    private const int MaxDepth = 64;

    internal static CqlType FromClassName(string name)
    {
        var reader = new Reader(name);
        return reader.TryReadType(0) is { } type && reader.IsAtEnd ? type : new CqlCustomType(name);
    }

    private static CqlType? Primitive(ReadOnlySpan<char> name) => name switch
    {
        "AsciiType" => CqlType.Ascii,
        "LongType" => CqlType.Bigint,
        "BytesType" => CqlType.Blob,
        "BooleanType" => CqlType.Boolean,
        "CounterColumnType" => CqlType.Counter,
        "DecimalType" => CqlType.Decimal,
        "DoubleType" => CqlType.Double,
        "FloatType" => CqlType.Float,
        "Int32Type" => CqlType.Int,
        "TimestampType" or "DateType" => CqlType.Timestamp,
        "UUIDType" or "LexicalUUIDType" => CqlType.Uuid,
        "UTF8Type" => CqlType.Text,
        "IntegerType" => CqlType.Varint,
        "TimeUUIDType" => CqlType.Timeuuid,
        "InetAddressType" => CqlType.Inet,
        "SimpleDateType" => CqlType.Date,
        "TimeType" => CqlType.Time,
        "ShortType" => CqlType.Smallint,
        "ByteType" => CqlType.Tinyint,
        "DurationType" => CqlType.Duration,
        _ => null,
    };

    /// <summary>A cursor over a class name; every member gives null when the text is not what it reads.</summary>
    private ref struct Reader(string text)
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
            if (depth > MaxDepth)
            {
                return null;
            }

            var start = _position;
            var name = ReadWord();
            if (name.IsEmpty)
            {
                return null;
            }

            var simple = name.StartsWith(Package, StringComparison.Ordinal) ? name[Package.Length..] : name;
            if (!TryTake('('))
            {
                return Primitive(simple) ?? new CqlCustomType(name.ToString());
            }

            var type = simple switch
            {
                "FrozenType" or "ReversedType" => TryReadType(depth + 1),
                "ListType" => TryReadType(depth + 1) is { } element ? new CqlListType(element) : null,
                "SetType" => TryReadType(depth + 1) is { } element ? new CqlSetType(element) : null,
                "MapType" => TryReadMap(depth),
                "TupleType" => TryReadTuple(depth),
                "VectorType" => TryReadVector(depth),
                "UserType" => TryReadUserType(depth),
                _ => SkipArguments(start),
            };
            return type is not null && (type is CqlCustomType && simple is not ("FrozenType" or "ReversedType") || TryTake(')')) ? type : null;
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

        private CqlVectorType? TryReadVector(int depth) =>
            TryReadType(depth + 1) is { } element && TryTake(',') &&
            int.TryParse(ReadWord(), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions) && dimensions > 0
                ? new CqlVectorType(element, dimensions)
                : null;

        /// <summary>Keyspace, name in hexadecimal, then name in hexadecimal and type of each field.</summary>
        private CqlUserType? TryReadUserType(int depth)
        {
            var keyspace = ReadWord().ToString();
            if (!TryTake(',') || FromHexadecimal(ReadWord()) is not { } name)
            {
                return null;
            }

            var fields = ImmutableArray.CreateBuilder<CqlField>();
            while (TryTake(','))
            {
                if (FromHexadecimal(ReadWord()) is not { } field || !TryTake(':') || TryReadType(depth + 1) is not { } type)
                {
                    return null;
                }

                fields.Add(new CqlField(field, type));
            }

            return new CqlUserType(keyspace, name, fields.ToImmutable());
        }

        /// <summary>A class with arguments this driver does not know: taken whole, with them.</summary>
        private CqlCustomType? SkipArguments(int start)
        {
            for (var open = 1; _position < _text.Length; _position++)
            {
                open += _text[_position] switch { '(' => 1, ')' => -1, _ => 0 };
                if (open == 0)
                {
                    _position++;
                    return new CqlCustomType(_text[start.._position].Trim().ToString());
                }
            }

            return null;
        }

        private ReadOnlySpan<char> ReadWord()
        {
            SkipSpace();
            var length = _text[_position..].IndexOfAny("(),: ");
            var word = length < 0 ? _text[_position..] : _text.Slice(_position, length);
            _position += word.Length;
            return word;
        }

        private bool TryTake(char expected)
        {
            SkipSpace();
            if (_position == _text.Length || _text[_position] != expected)
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

        private static string? FromHexadecimal(ReadOnlySpan<char> word)
        {
            var bytes = new byte[word.Length / 2];
            return Convert.FromHexString(word, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? Encoding.UTF8.GetString(bytes) : null;
        }
    }
}
