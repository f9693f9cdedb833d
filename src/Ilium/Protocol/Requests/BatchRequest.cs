using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>BATCH (native protocol §4.1.7), statement by statement.</summary>
internal struct BatchRequest
{
    private const byte Text = 0;
    private const byte Prepared = 1;

    private int _countAt;
    private int _count;

    internal static BatchRequest Begin(CqlWriter writer, BatchType type)
    {
        writer.WriteByte((byte)type);
        var countAt = writer.Length;
        writer.WriteUInt16(0);
        return new BatchRequest { _countAt = countAt };
    }

    internal void AddQuery(CqlWriter writer, string cql, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        writer.WriteByte(Text);
        writer.WriteLongString(cql);
        AddValues(writer, valueCount, encodedValues);
    }

    internal void AddPrepared(CqlWriter writer, ReadOnlySpan<byte> id, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        writer.WriteByte(Prepared);
        writer.WriteShortBytes(id);
        AddValues(writer, valueCount, encodedValues);
    }

    internal readonly void End(CqlWriter writer, ProtocolVersion version, in QueryParameters parameters)
    {
        if (_count > ushort.MaxValue)
        {
            throw new ArgumentException($"A batch has at most 65,535 statements; this one has {_count}.");
        }

        BinaryPrimitives.WriteUInt16BigEndian(writer.Written(_countAt, sizeof(ushort)), (ushort)_count);
        parameters.WriteForBatch(writer, version);
    }

    private void AddValues(CqlWriter writer, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        writer.WriteUInt16((ushort)valueCount);
        writer.WriteRaw(encodedValues);
        _count++;
    }
}
