using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium.Protocol;

/// <summary>Reads column lists (native protocol §4.2.5.2, §4.2.5.4).</summary>
internal static class MetadataReader
{
    internal const int GlobalTableSpec = 0x0001;
    internal const int HasMorePages = 0x0002;
    internal const int NoMetadata = 0x0004;
    internal const int MetadataChanged = 0x0008;

    // A name of no characters and a type number: what a column takes at least.
    internal const int SmallestColumn = 4;

    /// <summary>Reads the columns; where their bytes are those of <paramref name="known"/>, that is the result and nothing is allocated.</summary>
    internal static ResultMetadata Read(ref CqlReader reader, int flags, int count, ResultMetadata? known)
    {
        var isGlobal = (flags & GlobalTableSpec) != 0;
        if (known is not null && known.Columns.Count == count && known.IsGlobal == isGlobal && reader.TryMatch(known.Encoded))
        {
            return known;
        }

        if ((long)count * SmallestColumn > reader.Remaining)
        {
            reader.Throw($"{count} columns with {reader.Remaining} bytes left");
        }

        var start = reader.Position;
        var keyspace = isGlobal ? reader.ReadString() : "";
        var table = isGlobal ? reader.ReadString() : "";
        var columns = new List<ColumnDefinition>();
        for (var i = 0; i < count; i++)
        {
            if (!isGlobal)
            {
                keyspace = reader.ReadString();
                table = reader.ReadString();
            }

            var name = reader.ReadString();
            columns.Add(new ColumnDefinition(keyspace, table, name, TypeReader.Read(ref reader), i));
        }

        return new ResultMetadata(columns, reader.Since(start).ToArray(), isGlobal);
    }
}
