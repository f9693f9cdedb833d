using Ilium.Buffers;
using Ilium.Embedded.Execution;

namespace Ilium.Embedded.Server;

/// <summary>Writes the bodies of RESULT and of events (native protocol §4.2.5, §4.2.6).</summary>
internal static class ResultWriter
{
    private const int HasMorePages = 0x02;
    private const int NoMetadata = 0x04;
    private const int MetadataChanged = 0x08;

    private const int Void = 1;
    private const int Rows = 2;
    private const int SetKeyspace = 3;
    private const int Prepared = 4;
    private const int SchemaChange = 5;

    /// <param name="writer">Where it goes.</param>
    /// <param name="version">The connection's.</param>
    /// <param name="result">What to write.</param>
    /// <param name="skipMetadata">The client has the columns and asked to leave them out.</param>
    /// <param name="knownId">v5: what the client knows the columns by; null for a QUERY.</param>
    internal static void Write(CqlWriter writer, ProtocolVersion version, StatementResult result, bool skipMetadata = false, byte[]? knownId = null)
    {
        switch (result)
        {
            case RowsResult rows:
                WriteRows(writer, version, rows, skipMetadata, knownId);
                break;
            case KeyspaceResult keyspace:
                writer.WriteInt32(SetKeyspace);
                writer.WriteString(keyspace.Keyspace);
                break;
            case SchemaResult schema:
                writer.WriteInt32(SchemaChange);
                WriteChange(writer, version, schema);
                break;
            default:
                writer.WriteInt32(Void);
                break;
        }
    }

    internal static void WritePrepared(CqlWriter writer, ProtocolVersion version, StoredStatement prepared)
    {
        writer.WriteInt32(Prepared);
        writer.WriteShortBytes(prepared.Id);
        if (version >= ProtocolVersion.V5)
        {
            writer.WriteShortBytes(prepared.Columns.Id);
        }

        var variables = prepared.Variables;
        writer.WriteInt32(variables.Flags);
        writer.WriteInt32(variables.Count);
        if (version >= ProtocolVersion.V4)
        {
            writer.WriteInt32(prepared.PartitionKeyIndexes.Length);
            foreach (var index in prepared.PartitionKeyIndexes)
            {
                writer.WriteUInt16(index);
            }
        }

        writer.WriteRaw(variables.Encoded(version));
        if (prepared.Columns.Count == 0)
        {
            writer.WriteInt32(NoMetadata);
            writer.WriteInt32(0);
            return;
        }

        writer.WriteInt32(prepared.Columns.Flags);
        writer.WriteInt32(prepared.Columns.Count);
        writer.WriteRaw(prepared.Columns.Encoded(version));
    }

    /// <summary>The body behind the event's type.</summary>
    internal static void WriteChange(CqlWriter writer, ProtocolVersion version, SchemaResult change)
    {
        writer.WriteString(change.Change);
        if (change.Target is "FUNCTION" or "AGGREGATE" && version < ProtocolVersion.V4)
        {
            // v3 has no words for these: the keyspace changed.
            writer.WriteString("KEYSPACE");
            writer.WriteString(change.Keyspace);
            return;
        }

        writer.WriteString(change.Target);
        writer.WriteString(change.Keyspace);
        if (change.Name is not null)
        {
            writer.WriteString(change.Name);
        }

        if (change.Target is "FUNCTION" or "AGGREGATE")
        {
            writer.WriteUInt16((ushort)change.Arguments.Length);
            foreach (var argument in change.Arguments)
            {
                writer.WriteString(argument);
            }
        }
    }

    private static void WriteRows(CqlWriter writer, ProtocolVersion version, RowsResult rows, bool skipMetadata, byte[]? knownId)
    {
        var columns = rows.Columns;
        var flags = rows.PagingState is null ? 0 : HasMorePages;
        var changed = version >= ProtocolVersion.V5 && knownId is not null && !rows.HasOwnColumns && !columns.Id.AsSpan().SequenceEqual(knownId);
        var withColumns = !skipMetadata || changed || rows.HasOwnColumns || (rows.WereNotPrepared && version < ProtocolVersion.V5);
        flags |= changed ? MetadataChanged : 0;
        flags |= withColumns ? columns.Flags : NoMetadata | columns.Flags;

        writer.WriteInt32(Rows);
        writer.WriteInt32(flags);
        writer.WriteInt32(columns.Count);
        if (rows.PagingState is { } state)
        {
            writer.WriteBytes(state);
        }

        if (changed)
        {
            writer.WriteShortBytes(columns.Id);
        }

        if (withColumns)
        {
            writer.WriteRaw(columns.Encoded(version));
        }

        writer.WriteInt32(rows.Count);
        writer.WriteRaw(rows.Rows.WrittenSpan);
    }
}
