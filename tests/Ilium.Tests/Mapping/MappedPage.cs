using System.Buffers;
using System.Buffers.Binary;
using Ilium.Buffers;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Tests.Mapping;

/// <summary>Pages of rows made of bytes, for what is read into types.</summary>
internal static class MappedPage
{
    internal static RowSet Of(string columns, params byte[]?[][] rows) => Of(columns, new CodecRegistry(), rows);

    /// <param name="columns">Name and type of each, as CQL writes them: <c>name text, age int</c>.</param>
    /// <param name="registry">The codecs.</param>
    /// <param name="rows">The content of each cell.</param>
    internal static RowSet Of(string columns, CodecRegistry registry, params byte[]?[][] rows)
    {
        var definitions = columns.Split(", ").Select((column, i) => column.Split(' ') is [var name, var type]
            ? new ColumnDefinition("ks", "t", name, TypeOf(type), i)
            : throw new ArgumentException(column));
        return Of(new RowDecoder(new ResultMetadata([.. definitions]), registry), rows);
    }

    internal static RowSet Of(RowDecoder decoder, params byte[]?[][] rows)
    {
        var content = rows.SelectMany(row => row).SelectMany(Cell).ToArray();
        var array = ArrayPool<byte>.Shared.Rent(content.Length + 1);
        content.CopyTo(array, 1);
        return new RowSet(new PooledBody(array, 0, content.Length + 1), decoder, 1, rows.Length);
    }

    private static byte[] Cell(byte[]? content)
    {
        var cell = new byte[4 + (content?.Length ?? 0)];
        BinaryPrimitives.WriteInt32BigEndian(cell, content?.Length ?? -1);
        content?.CopyTo(cell, 4);
        return cell;
    }

    private static CqlType TypeOf(string type) => type switch
    {
        "text" => CqlType.Text,
        "int" => CqlType.Int,
        "bigint" => CqlType.Bigint,
        "uuid" => CqlType.Uuid,
        "boolean" => CqlType.Boolean,
        "double" => CqlType.Double,
        "blob" => CqlType.Blob,
        "set<text>" => new CqlSetType(CqlType.Text),
        "list<int>" => new CqlListType(CqlType.Int),
        "map<text,int>" => new CqlMapType(CqlType.Text, CqlType.Int),
        "vector<int,2>" => new CqlVectorType(CqlType.Int, 2),
        _ => throw new ArgumentException(type),
    };
}
