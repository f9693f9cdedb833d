using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Protocol;

/// <summary>Reads a type option (native protocol §4.2.5.2).</summary>
internal static class TypeReader
{
    // Far beyond any schema, far below what the stack holds.
    private const int MaxDepth = 64;

    internal static CqlType Read(ref CqlReader reader) => Read(ref reader, 0);

    private static CqlType Read(ref CqlReader reader, int depth)
    {
        if (depth > MaxDepth)
        {
            reader.Throw($"types nested more than {MaxDepth} deep");
        }

        var id = reader.ReadUInt16();
        switch ((CqlTypeCode)id)
        {
            case CqlTypeCode.Custom:
                return CqlTypeParser.FromClassName(reader.ReadString());
            case CqlTypeCode.Ascii:
                return CqlType.Ascii;
            case CqlTypeCode.Bigint:
                return CqlType.Bigint;
            case CqlTypeCode.Blob:
                return CqlType.Blob;
            case CqlTypeCode.Boolean:
                return CqlType.Boolean;
            case CqlTypeCode.Counter:
                return CqlType.Counter;
            case CqlTypeCode.Decimal:
                return CqlType.Decimal;
            case CqlTypeCode.Double:
                return CqlType.Double;
            case CqlTypeCode.Float:
                return CqlType.Float;
            case CqlTypeCode.Int:
                return CqlType.Int;
            case CqlTypeCode.Timestamp:
                return CqlType.Timestamp;
            case CqlTypeCode.Uuid:
                return CqlType.Uuid;
            case CqlTypeCode.Text:
                return CqlType.Text;
            case CqlTypeCode.Varint:
                return CqlType.Varint;
            case CqlTypeCode.Timeuuid:
                return CqlType.Timeuuid;
            case CqlTypeCode.Inet:
                return CqlType.Inet;
            case CqlTypeCode.Date:
                return CqlType.Date;
            case CqlTypeCode.Time:
                return CqlType.Time;
            case CqlTypeCode.Smallint:
                return CqlType.Smallint;
            case CqlTypeCode.Tinyint:
                return CqlType.Tinyint;
            case CqlTypeCode.Duration:
                return CqlType.Duration;
            case CqlTypeCode.List:
                return new CqlListType(Read(ref reader, depth + 1));
            case CqlTypeCode.Set:
                return new CqlSetType(Read(ref reader, depth + 1));
            case CqlTypeCode.Map:
                var key = Read(ref reader, depth + 1);
                return new CqlMapType(key, Read(ref reader, depth + 1));
            case CqlTypeCode.Udt:
                return ReadUserType(ref reader, depth);
            case CqlTypeCode.Tuple:
                return ReadTuple(ref reader, depth);
            default:
                // A type this driver has never heard of: its values are read as bytes.
                return new CqlCustomType($"unknown type 0x{id:X4}");
        }
    }

    private static CqlUserType ReadUserType(ref CqlReader reader, int depth)
    {
        var keyspace = reader.ReadString();
        var name = reader.ReadString();
        int count = reader.ReadUInt16();
        var fields = ImmutableArray.CreateBuilder<CqlField>();
        for (var i = 0; i < count; i++)
        {
            var field = reader.ReadString();
            fields.Add(new CqlField(field, Read(ref reader, depth + 1)));
        }

        return new CqlUserType(keyspace, name, fields.ToImmutable());
    }

    private static CqlTupleType ReadTuple(ref CqlReader reader, int depth)
    {
        int count = reader.ReadUInt16();
        var elements = ImmutableArray.CreateBuilder<CqlType>();
        for (var i = 0; i < count; i++)
        {
            elements.Add(Read(ref reader, depth + 1));
        }

        return new CqlTupleType(elements.ToImmutable());
    }
}
