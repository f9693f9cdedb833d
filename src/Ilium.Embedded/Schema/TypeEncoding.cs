using System.Globalization;
using System.Text;
using Ilium.Buffers;

namespace Ilium.Embedded.Schema;

/// <summary>Types as the protocol sends them and as Java classes (native protocol §4.2.5.2).</summary>
internal static class TypeEncoding
{
    private const string Package = "org.apache.cassandra.db.marshal.";

    internal static void Write(CqlWriter writer, CqlType type, ProtocolVersion version)
    {
        if (Since(type.Code) > version || type is CqlVectorType or CqlCustomType)
        {
            writer.WriteUInt16((ushort)CqlTypeCode.Custom);
            writer.WriteString(ClassName(type, isMulticell: true));
            return;
        }

        writer.WriteUInt16((ushort)type.Code);
        switch (type)
        {
            case CqlListType list:
                Write(writer, list.Element, version);
                break;
            case CqlSetType set:
                Write(writer, set.Element, version);
                break;
            case CqlMapType map:
                Write(writer, map.Key, version);
                Write(writer, map.Value, version);
                break;
            case CqlTupleType tuple:
                writer.WriteUInt16((ushort)tuple.Elements.Length);
                foreach (var element in tuple.Elements)
                {
                    Write(writer, element, version);
                }

                break;
            case CqlUserType user:
                writer.WriteString(user.Keyspace);
                writer.WriteString(user.Name);
                writer.WriteUInt16((ushort)user.Fields.Length);
                foreach (var field in user.Fields)
                {
                    writer.WriteString(field.Name);
                    Write(writer, field.Type, version);
                }

                break;
        }
    }

    /// <summary>The server's class for a type; what is nested is frozen.</summary>
    internal static string ClassName(CqlType type, bool isMulticell = false)
    {
        var name = type switch
        {
            CqlCustomType custom => custom.ClassName,
            CqlListType list => $"{Package}ListType({ClassName(list.Element)})",
            CqlSetType set => $"{Package}SetType({ClassName(set.Element)})",
            CqlMapType map => $"{Package}MapType({ClassName(map.Key)},{ClassName(map.Value)})",
            CqlTupleType tuple => $"{Package}TupleType({string.Join(',', tuple.Elements.Select(e => ClassName(e)))})",
            CqlVectorType vector => string.Create(CultureInfo.InvariantCulture, $"{Package}VectorType({ClassName(vector.Element)} , {vector.Dimensions})"),
            CqlUserType user => $"{Package}UserType({user.Keyspace},{Hex(user.Name)}{string.Concat(user.Fields.Select(f => $",{Hex(f.Name)}:{ClassName(f.Type)}"))})",
            _ => Package + Simple(type.Code),
        };
        return !isMulticell && type is CqlListType or CqlSetType or CqlMapType or CqlUserType ? $"{Package}FrozenType({name})" : name;
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static ProtocolVersion Since(CqlTypeCode code) => code switch
    {
        CqlTypeCode.Date or CqlTypeCode.Time or CqlTypeCode.Smallint or CqlTypeCode.Tinyint => ProtocolVersion.V4,
        CqlTypeCode.Duration => ProtocolVersion.V5,
        _ => ProtocolVersion.V3,
    };

    private static string Simple(CqlTypeCode code) => code switch
    {
        CqlTypeCode.Ascii => "AsciiType",
        CqlTypeCode.Bigint => "LongType",
        CqlTypeCode.Blob => "BytesType",
        CqlTypeCode.Boolean => "BooleanType",
        CqlTypeCode.Counter => "CounterColumnType",
        CqlTypeCode.Decimal => "DecimalType",
        CqlTypeCode.Double => "DoubleType",
        CqlTypeCode.Float => "FloatType",
        CqlTypeCode.Int => "Int32Type",
        CqlTypeCode.Timestamp => "TimestampType",
        CqlTypeCode.Uuid => "UUIDType",
        CqlTypeCode.Text => "UTF8Type",
        CqlTypeCode.Varint => "IntegerType",
        CqlTypeCode.Timeuuid => "TimeUUIDType",
        CqlTypeCode.Inet => "InetAddressType",
        CqlTypeCode.Date => "SimpleDateType",
        CqlTypeCode.Time => "TimeType",
        CqlTypeCode.Smallint => "ShortType",
        CqlTypeCode.Tinyint => "ByteType",
        CqlTypeCode.Duration => "DurationType",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "A type with arguments has no simple class."),
    };
}
