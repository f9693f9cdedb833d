using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Protocol;

/// <summary>Reads an [option] that describes a type (native protocol §4.2.5.2).</summary>
internal static class TypeReader
{
    // Real schemas nest a handful of levels; without a limit, a few kilobytes of "list of list of ..." would end the process.
    private const int DeepestNesting = 64;

    // What v1 and v2 called text. Gone since v3, but harmless to know.
    private const ushort OldText = 0x000A;

    internal static CqlType Read(ref CqlReader reader) => Read(ref reader, 0);

    private static CqlType Read(ref CqlReader reader, int depth)
    {
        if (depth > DeepestNesting)
        {
            reader.Throw($"a type nested more than {DeepestNesting} levels deep");
        }

        var id = reader.ReadUInt16();
        return (CqlTypeCode)id switch
        {
            CqlTypeCode.Custom => CqlTypeParser.FromClassName(reader.ReadString()),
            CqlTypeCode.Ascii => CqlType.Ascii,
            CqlTypeCode.Bigint => CqlType.Bigint,
            CqlTypeCode.Blob => CqlType.Blob,
            CqlTypeCode.Boolean => CqlType.Boolean,
            CqlTypeCode.Counter => CqlType.Counter,
            CqlTypeCode.Decimal => CqlType.Decimal,
            CqlTypeCode.Double => CqlType.Double,
            CqlTypeCode.Float => CqlType.Float,
            CqlTypeCode.Int => CqlType.Int,
            CqlTypeCode.Timestamp => CqlType.Timestamp,
            CqlTypeCode.Uuid => CqlType.Uuid,
            CqlTypeCode.Text or (CqlTypeCode)OldText => CqlType.Text,
            CqlTypeCode.Varint => CqlType.Varint,
            CqlTypeCode.Timeuuid => CqlType.Timeuuid,
            CqlTypeCode.Inet => CqlType.Inet,
            CqlTypeCode.Date => CqlType.Date,
            CqlTypeCode.Time => CqlType.Time,
            CqlTypeCode.Smallint => CqlType.Smallint,
            CqlTypeCode.Tinyint => CqlType.Tinyint,
            CqlTypeCode.Duration => CqlType.Duration,
            CqlTypeCode.List => new CqlListType(Read(ref reader, depth + 1)),
            CqlTypeCode.Set => new CqlSetType(Read(ref reader, depth + 1)),
            CqlTypeCode.Map => new CqlMapType(Read(ref reader, depth + 1), Read(ref reader, depth + 1)),
            CqlTypeCode.Tuple => ReadTuple(ref reader, depth + 1),
            CqlTypeCode.Udt => ReadUserType(ref reader, depth + 1),

            // A number from the future: its values are read as bytes. That is right as long as it has no arguments.
            _ => new CqlCustomType($"0x{id:X4}"),
        };
    }

    private static CqlTupleType ReadTuple(ref CqlReader reader, int depth)
    {
        int count = reader.ReadUInt16();
        var elements = ImmutableArray.CreateBuilder<CqlType>();
        for (var i = 0; i < count; i++)
        {
            elements.Add(Read(ref reader, depth));
        }

        return new CqlTupleType(elements.DrainToImmutable());
    }

    private static CqlUserType ReadUserType(ref CqlReader reader, int depth)
    {
        var keyspace = reader.ReadString();
        var name = reader.ReadString();
        int count = reader.ReadUInt16();
        var fields = ImmutableArray.CreateBuilder<CqlField>();
        for (var i = 0; i < count; i++)
        {
            fields.Add(new CqlField(reader.ReadString(), Read(ref reader, depth)));
        }

        return new CqlUserType(keyspace, name, fields.DrainToImmutable());
    }
}
