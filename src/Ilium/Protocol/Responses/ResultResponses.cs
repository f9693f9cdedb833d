using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium.Protocol;

/// <summary>The kinds of RESULT (native protocol §4.2.5).</summary>
internal enum ResultKind
{
    Void = 1,
    Rows = 2,
    SetKeyspace = 3,
    Prepared = 4,
    SchemaChange = 5,
}

/// <summary>The head of a rows result (native protocol §4.2.5.2); the number of rows follows.</summary>
internal readonly struct RowsResult
{
    /// <summary>The columns; null where the server left them out as asked.</summary>
    internal ResultMetadata? Metadata { get; private init; }

    internal byte[]? PagingState { get; private init; }

    /// <summary>v5: the columns are not those of the id the request named, but of this one.</summary>
    internal byte[]? NewMetadataId { get; private init; }

    internal int ColumnCount { get; private init; }

    /// <summary>Reads the head; columns with the same bytes as <paramref name="known"/> are taken from there.</summary>
    internal static RowsResult Read(ref CqlReader reader, ResultMetadata? known)
    {
        var flags = reader.ReadInt32();
        var columns = reader.ReadInt32();
        if (columns < 0)
        {
            reader.Throw($"a result with {columns} columns");
        }

        return new RowsResult
        {
            ColumnCount = columns,
            PagingState = (flags & MetadataReader.HasMorePages) != 0 ? reader.ReadBytes(out _).ToArray() : null,
            NewMetadataId = (flags & MetadataReader.MetadataChanged) != 0 ? reader.ReadShortBytes().ToArray() : null,
            Metadata = (flags & MetadataReader.NoMetadata) != 0 ? null : MetadataReader.Read(ref reader, flags, columns, known),
        };
    }
}

/// <summary>What a server says when it has prepared a statement (native protocol §4.2.5.4).</summary>
internal readonly struct PreparedResult
{
    internal byte[] Id { get; private init; }

    /// <summary>v5.</summary>
    internal byte[]? ResultMetadataId { get; private init; }

    internal ResultMetadata Variables { get; private init; }

    /// <summary>Which variables make up the partition key, in its order (v4 and later); empty when not all of them are bound.</summary>
    internal ushort[] PartitionKeyIndexes { get; private init; }

    /// <summary>Null where the server can't tell beforehand.</summary>
    internal ResultMetadata? Result { get; private init; }

    internal static PreparedResult Read(ref CqlReader reader, ProtocolVersion version)
    {
        var id = reader.ReadShortBytes().ToArray();
        var metadataId = version >= ProtocolVersion.V5 ? reader.ReadShortBytes().ToArray() : null;
        var flags = reader.ReadInt32();
        var count = reader.ReadInt32();
        if (count < 0)
        {
            reader.Throw($"a statement with {count} bind markers");
        }

        ushort[] key = [];
        if (version >= ProtocolVersion.V4)
        {
            key = new ushort[reader.ReadCount(sizeof(ushort))];
            for (var i = 0; i < key.Length; i++)
            {
                key[i] = reader.ReadUInt16();
                if (key[i] >= count)
                {
                    reader.Throw($"a partition key at bind marker {key[i]} of {count}");
                }
            }
        }

        var variables = (flags & MetadataReader.NoMetadata) != 0 || count == 0 && (flags & MetadataReader.GlobalTableSpec) == 0
            ? ResultMetadata.Empty
            : MetadataReader.Read(ref reader, flags, count, null);
        var result = RowsResult.Read(ref reader, null);
        return new PreparedResult
        {
            Id = id,
            ResultMetadataId = metadataId,
            Variables = variables,
            PartitionKeyIndexes = key,
            Result = result.Metadata is { Columns.Count: > 0 } columns ? columns : null,
        };
    }
}

/// <summary>SUPPORTED (native protocol §4.2.4).</summary>
internal static class SupportedResponse
{
    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(ref CqlReader reader)
    {
        var supported = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        int count = reader.ReadUInt16();
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadString();
            supported[key] = reader.ReadStringList();
        }

        return supported;
    }
}

/// <summary>AUTHENTICATE (native protocol §4.2.3): the server's authenticator class.</summary>
internal static class AuthenticateResponse
{
    internal static string Read(ref CqlReader reader) => reader.ReadString();
}
