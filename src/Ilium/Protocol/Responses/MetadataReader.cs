using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium.Protocol;

/// <summary>Flags before the columns of a result or the variables of a prepared statement (native protocol §4.2.5.2).</summary>
[Flags]
internal enum MetadataFlags
{
    None = 0,
    GlobalTableSpec = 0x01,
    HasMorePages = 0x02,
    NoMetadata = 0x04,
    MetadataChanged = 0x08,
}

/// <summary>The column specifications that rows and prepared statements share.</summary>
internal static class MetadataReader
{
    // A name of no bytes and an option id: the least that a column takes.
    private const int SmallestColumn = 4;

    /// <summary>Reads the number of columns. It is not trusted until <see cref="ReadColumns"/> has seen that many.</summary>
    internal static int ReadColumnCount(ref CqlReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0)
        {
            reader.Throw($"a result with {count} columns");
        }

        return count;
    }

    /// <summary>Reads the columns with the bytes they were read from, or recognises them by those.</summary>
    internal static ResultMetadata Read(ref CqlReader reader, MetadataFlags flags, int count, byte[]? id, ResultMetadata? known)
    {
        var isGlobal = (flags & MetadataFlags.GlobalTableSpec) != 0;
        if (known is not null && id is null && known.Count == count && known.IsGlobal == isGlobal && reader.TryMatch(known.Encoded))
        {
            return known;
        }

        var start = reader.Position;
        var columns = ReadColumns(ref reader, flags, count);
        return new ResultMetadata(columns, id, reader.Since(start).ToArray(), isGlobal);
    }

    internal static ImmutableArray<ColumnDefinition> ReadColumns(ref CqlReader reader, MetadataFlags flags, int count)
    {
        if ((long)count * SmallestColumn > reader.Remaining)
        {
            reader.Throw($"{count} columns with {reader.Remaining} bytes left");
        }

        var keyspace = string.Empty;
        var table = string.Empty;
        var global = (flags & MetadataFlags.GlobalTableSpec) != 0;
        if (global)
        {
            keyspace = reader.ReadString();
            table = reader.ReadString();
        }

        var columns = ImmutableArray.CreateBuilder<ColumnDefinition>();
        for (var i = 0; i < count; i++)
        {
            if (!global)
            {
                keyspace = reader.ReadString();
                table = reader.ReadString();
            }

            columns.Add(new ColumnDefinition(keyspace, table, reader.ReadString(), TypeReader.Read(ref reader), i));
        }

        return columns.DrainToImmutable();
    }
}
