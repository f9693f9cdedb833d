using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium.Protocol;

/// <summary>RESULT of kind Prepared (native protocol §4.2.5.4).</summary>
internal sealed class PreparedResult
{
    private PreparedResult(
        byte[] id,
        byte[]? resultMetadataId,
        int variableFlags,
        ResultMetadata variables,
        ImmutableArray<ushort> partitionKeyIndexes,
        ResultMetadata result)
    {
        Id = id;
        ResultMetadataId = resultMetadataId;
        VariableFlags = variableFlags;
        Variables = variables;
        PartitionKeyIndexes = partitionKeyIndexes;
        Result = result;
    }

    internal byte[] Id { get; }

    /// <summary>v5, and ScyllaDB's extension: what EXECUTE must send along. Also the id of <see cref="Result"/>.</summary>
    internal byte[]? ResultMetadataId { get; }

    /// <summary>The flags as sent: servers with extensions keep marks in them (Scylla: "this is a conditional statement").</summary>
    internal int VariableFlags { get; }

    internal ResultMetadata Variables { get; }

    /// <summary>
    /// v4 and later: for each component of the partition key, the variable bound to it. Empty when not all are bound, and in v3, where
    /// routing must be worked out from the schema.
    /// </summary>
    internal ImmutableArray<ushort> PartitionKeyIndexes { get; }

    /// <summary>
    /// The columns of the rows it will give. Without columns (writes, but also LIST ROLES and the like) the server must be asked for them
    /// each time.
    /// </summary>
    internal ResultMetadata Result { get; }

    internal static PreparedResult Read(ref CqlReader reader, ProtocolVersion version, bool metadataIdExtension = false)
    {
        var id = reader.ReadShortBytes().ToArray();
        var resultMetadataId = version >= ProtocolVersion.V5 || metadataIdExtension ? reader.ReadShortBytes().ToArray() : null;

        var flags = (MetadataFlags)reader.ReadInt32();
        var variableCount = MetadataReader.ReadColumnCount(ref reader);
        var partitionKeyIndexes = version >= ProtocolVersion.V4 ? ReadPartitionKeyIndexes(ref reader, variableCount) : [];
        var variables = (flags & MetadataFlags.NoMetadata) != 0
            ? ResultMetadata.Empty
            : new ResultMetadata(MetadataReader.ReadColumns(ref reader, flags, variableCount));

        var rows = RowsResult.ReadMetadata(ref reader);
        var columns = rows.Metadata ?? ResultMetadata.Empty;
        var result = new ResultMetadata(columns.Columns, resultMetadataId, columns.Encoded, columns.IsGlobal);
        return new PreparedResult(id, resultMetadataId, (int)flags, variables, partitionKeyIndexes, result);
    }

    private static ImmutableArray<ushort> ReadPartitionKeyIndexes(ref CqlReader reader, int variableCount)
    {
        var count = reader.ReadCount(smallestItem: 2);
        var indexes = ImmutableArray.CreateBuilder<ushort>();
        for (var i = 0; i < count; i++)
        {
            var index = reader.ReadUInt16();
            if (index >= variableCount)
            {
                reader.Throw($"a partition key bound to variable {index} of {variableCount}");
            }

            indexes.Add(index);
        }

        return indexes.DrainToImmutable();
    }
}
