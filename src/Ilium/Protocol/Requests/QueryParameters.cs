using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>What QUERY, EXECUTE and BATCH have in common behind their text or id (native protocol §4.1.4).</summary>
internal ref struct QueryParameters
{
    private const uint Values = 0x01;
    private const uint SkipMetadataFlag = 0x02;
    private const uint PageSizeFlag = 0x04;
    private const uint PagingStateFlag = 0x08;
    private const uint SerialConsistencyFlag = 0x10;
    private const uint TimestampFlag = 0x20;
    private const uint Names = 0x40;
    private const uint KeyspaceFlag = 0x80;
    private const uint NowFlag = 0x100;

    internal ConsistencyLevel Consistency;

    /// <summary>[value]s, one after another.</summary>
    internal ReadOnlySpan<byte> EncodedValues;

    internal int ValueCount;

    /// <summary>A name for each value; null where they go by position.</summary>
    internal IReadOnlyList<string>? ValueNames;

    internal bool SkipMetadata;

    /// <summary>0 for none.</summary>
    internal int PageSize;

    internal ReadOnlySpan<byte> PagingState;

    internal ConsistencyLevel? SerialConsistency;

    internal long? Timestamp;

    /// <summary>v5.</summary>
    internal string? Keyspace;

    /// <summary>v5.</summary>
    internal int? NowInSeconds;

    /// <summary>Behind the text of a QUERY or the id of an EXECUTE.</summary>
    internal readonly void Write(CqlWriter writer, ProtocolVersion version)
    {
        writer.WriteUInt16((ushort)Consistency);
        WriteFlags(
            writer, version,
            (ValueCount > 0 ? Values : 0) | (SkipMetadata ? SkipMetadataFlag : 0) | (PageSize > 0 ? PageSizeFlag : 0) |
            (PagingState.IsEmpty ? 0 : PagingStateFlag) | (ValueNames is null ? 0 : Names));
        if (ValueCount > 0)
        {
            WriteValues(writer);
        }

        if (PageSize > 0)
        {
            writer.WriteInt32(PageSize);
        }

        if (!PagingState.IsEmpty)
        {
            writer.WriteBytes(PagingState);
        }

        WriteTail(writer);
    }

    /// <summary>Behind the statements of a BATCH, which has no values, pages or metadata of its own.</summary>
    internal readonly void WriteForBatch(CqlWriter writer, ProtocolVersion version)
    {
        writer.WriteUInt16((ushort)Consistency);
        WriteFlags(writer, version, 0);
        WriteTail(writer);
    }

    private readonly void WriteFlags(CqlWriter writer, ProtocolVersion version, uint flags)
    {
        flags |= (SerialConsistency is null ? 0 : SerialConsistencyFlag) | (Timestamp is null ? 0 : TimestampFlag) |
            (Keyspace is null ? 0 : KeyspaceFlag) | (NowInSeconds is null ? 0 : NowFlag);
        if (version >= ProtocolVersion.V5)
        {
            writer.WriteUInt32(flags);
            return;
        }

        if (Keyspace is not null)
        {
            throw new NotSupportedByProtocolException("A keyspace for one request", ProtocolVersion.V5, version);
        }

        if (NowInSeconds is not null)
        {
            throw new NotSupportedByProtocolException("NowInSeconds", ProtocolVersion.V5, version);
        }

        writer.WriteByte((byte)flags);
    }

    private readonly void WriteValues(CqlWriter writer)
    {
        if (ValueCount > ushort.MaxValue)
        {
            throw new ArgumentException($"A statement has at most 65,535 values; this one has {ValueCount}.");
        }

        writer.WriteUInt16((ushort)ValueCount);
        if (ValueNames is null)
        {
            writer.WriteRaw(EncodedValues);
            return;
        }

        var rest = EncodedValues;
        foreach (var name in ValueNames)
        {
            var size = sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest));
            writer.WriteString(name);
            writer.WriteRaw(rest[..size]);
            rest = rest[size..];
        }
    }

    private readonly void WriteTail(CqlWriter writer)
    {
        if (SerialConsistency is { } serial)
        {
            writer.WriteUInt16((ushort)serial);
        }

        if (Timestamp is { } timestamp)
        {
            writer.WriteInt64(timestamp);
        }

        if (Keyspace is not null)
        {
            writer.WriteString(Keyspace);
        }

        if (NowInSeconds is { } now)
        {
            writer.WriteInt32(now);
        }
    }
}
