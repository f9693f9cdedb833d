using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium.Protocol;

/// <summary>What stands before the rows of a RESULT of kind Rows.</summary>
internal readonly struct RowsMetadata
{
    internal MetadataFlags Flags { get; init; }

    internal int ColumnCount { get; init; }

    /// <summary>
    /// The columns; null when the server left them out because the caller has them. With <see cref="NewMetadataId"/> it carries that id,
    /// and this very answer is laid out by it.
    /// </summary>
    internal ResultMetadata? Metadata { get; init; }

    /// <summary>Where the next page begins; null on the last one. Only this tells whether there are more: pages may be empty.</summary>
    internal byte[]? PagingState { get; init; }

    /// <summary>v5: the statement's columns have changed since it was prepared.</summary>
    internal byte[]? NewMetadataId { get; init; }
}

/// <summary>RESULT of kind Rows (native protocol §4.2.5.2).</summary>
internal static class RowsResult
{
    /// <summary>Reads up to the [int] with the number of rows, which is next.</summary>
    /// <param name="reader">Stands behind the result's kind.</param>
    /// <param name="known">Where the columns' bytes are those of these, these are the result, and nothing is allocated.</param>
    internal static RowsMetadata ReadMetadata(ref CqlReader reader, ResultMetadata? known = null)
    {
        var flags = (MetadataFlags)reader.ReadInt32();
        var columnCount = MetadataReader.ReadColumnCount(ref reader);
        byte[]? pagingState = null;
        if ((flags & MetadataFlags.HasMorePages) != 0)
        {
            var state = reader.ReadBytes(out var isNull);
            pagingState = isNull ? null : state.ToArray();
        }

        // Only v5 sets this flag, and v4 where Scylla's extension was agreed: the flag is enough to know.
        var newId = (flags & MetadataFlags.MetadataChanged) != 0 ? reader.ReadShortBytes().ToArray() : null;
        if (newId is not null && (flags & MetadataFlags.NoMetadata) != 0)
        {
            reader.Throw("a new result metadata id without the columns it stands for");
        }

        var metadata = (flags & MetadataFlags.NoMetadata) != 0
            ? null
            : MetadataReader.Read(ref reader, flags, columnCount, newId, known);
        return new RowsMetadata
        {
            Flags = flags,
            ColumnCount = columnCount,
            Metadata = metadata,
            PagingState = pagingState,
            NewMetadataId = newId,
        };
    }
}
