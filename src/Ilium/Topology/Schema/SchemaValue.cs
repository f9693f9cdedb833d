using System.Numerics;
using System.Text;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Topology.Schema;

/// <summary>
/// Values as the schema tables hold them, in the server's own text for each type, written as CQL: <c>cafe</c> of a blob is <c>0xcafe</c>. Collections and vectors
/// are their bytes in hexadecimal there, tuples and user-defined types their fields with colons between.
/// </summary>
internal static class SchemaValue
{
    private const string Null = "null";

    internal static string ToCql(CqlType type, string text) => type switch
    {
        CqlListType or CqlSetType or CqlMapType or CqlVectorType => Bytes(type, Convert.FromHexString(text)),
        CqlTupleType tuple => $"({string.Join(", ", Fields(text, tuple.Elements.Length).Select((field, i) => Field(tuple.Elements[i], field)))})",
        CqlUserType user => $"{{{string.Join(", ", Fields(text, user.Fields.Length).Select((field, i) =>
            $"{CqlIdentifier.ToCql(user.Fields[i].Name)}: {Field(user.Fields[i].Type, field)}"))}}}",
        { Code: CqlTypeCode.Blob } => $"0x{text}",
        { Code: CqlTypeCode.Text or CqlTypeCode.Ascii or CqlTypeCode.Inet or CqlTypeCode.Date or CqlTypeCode.Time or CqlTypeCode.Timestamp } => CqlLiteral.Text(text),
        _ => text,
    };

    private static string Field(CqlType type, string? text) => text is null ? Null : ToCql(type, text);

    /// <summary>The fields between the colons; <c>@</c> alone is null, and a backslash stands before either where it is part of a value.</summary>
    private static IEnumerable<string?> Fields(string text, int count)
    {
        var field = new StringBuilder();
        var (isNull, given) = (false, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == ':')
            {
                given++;
                yield return isNull ? null : field.ToString();
                field.Clear();
                isNull = false;
            }
            else if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ':' or '@')
            {
                field.Append(text[++i]);
            }
            else
            {
                isNull = text[i] == '@' && field.Length == 0;
                field.Append(text[i]);
            }
        }

        for (; given < count; given++)
        {
            yield return null;
        }
    }

    private static string Bytes(CqlType type, ReadOnlySpan<byte> bytes)
    {
        var reader = new CqlReader(bytes);
        return type switch
        {
            CqlListType list => $"[{string.Join(", ", Elements(ref reader, reader.ReadCount(4), list.Element))}]",
            CqlSetType set => $"{{{string.Join(", ", Elements(ref reader, reader.ReadCount(4), set.Element))}}}",
            CqlMapType map => $"{{{string.Join(", ", Entries(ref reader, map))}}}",
            CqlVectorType vector => $"[{string.Join(", ", VectorElements(bytes, vector))}]",
            CqlTupleType tuple => $"({string.Join(", ", Fields(ref reader, [.. tuple.Elements]))})",
            CqlUserType user => $"{{{string.Join(", ", Fields(ref reader, [.. user.Fields.Select(static field => field.Type)])
                .Select((value, i) => $"{CqlIdentifier.ToCql(user.Fields[i].Name)}: {value}"))}}}",
            _ => Simple(type, bytes),
        };
    }

    private static string Element(ref CqlReader reader, CqlType type)
    {
        var bytes = reader.ReadBytes(out var isNull);
        return isNull ? Null : Bytes(type, bytes);
    }

    private static List<string> Elements(ref CqlReader reader, int count, CqlType type)
    {
        var elements = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            elements.Add(Element(ref reader, type));
        }

        return elements;
    }

    private static List<string> Entries(ref CqlReader reader, CqlMapType map)
    {
        var entries = new List<string>();
        for (var left = reader.ReadCount(8); left > 0; left--)
        {
            entries.Add($"{Element(ref reader, map.Key)}: {Element(ref reader, map.Value)}");
        }

        return entries;
    }

    private static List<string> VectorElements(ReadOnlySpan<byte> bytes, CqlVectorType vector)
    {
        var elements = new List<string>(vector.Dimensions);
        var size = ElementLayout.OfVector(vector).FixedSize;
        for (var i = 0; i < vector.Dimensions; i++)
        {
            var length = size;
            if (size == 0 && VariableInteger.TryReadUnsigned(ref bytes, out var read))
            {
                length = checked((int)read);
            }

            elements.Add(Bytes(vector.Element, bytes[..length]));
            bytes = bytes[length..];
        }

        return elements;
    }

    /// <summary>Fields that were added to the type later are not there.</summary>
    private static List<string> Fields(ref CqlReader reader, CqlType[] types)
    {
        var fields = new List<string>(types.Length);
        foreach (var type in types)
        {
            fields.Add(reader.Remaining == 0 ? Null : Element(ref reader, type));
        }

        return fields;
    }

    private static string Simple(CqlType type, ReadOnlySpan<byte> bytes)
    {
        var codecs = new CodecRegistry();
        return type.Code switch
        {
            CqlTypeCode.Date => CqlLiteral.Text($"{codecs.Get<CqlDate>(type).Read(bytes)}"),
            CqlTypeCode.Time => CqlLiteral.Text($"{codecs.Get<CqlTime>(type).Read(bytes)}"),
            CqlTypeCode.Timestamp => CqlLiteral.Text($"{codecs.Get<CqlTimestamp>(type).Read(bytes)}"),
            CqlTypeCode.Decimal => $"{codecs.Get<CqlDecimal>(type).Read(bytes)}",
            CqlTypeCode.Varint => $"{codecs.Get<BigInteger>(type).Read(bytes)}",
            CqlTypeCode.Duration => $"{codecs.Get<CqlDuration>(type).Read(bytes)}",
            CqlTypeCode.Uuid or CqlTypeCode.Timeuuid => $"{codecs.Get<Guid>(type).Read(bytes)}",
            _ => CqlLiteral.Of(codecs.GetDefault(type).ReadObject(bytes) ?? throw new FormatException($"A value of type {type} has no bytes.")),
        };
    }
}
