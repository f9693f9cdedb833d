using System.Buffers.Binary;
using System.Text;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// BATCH, written statement by statement (native protocol §4.1.7). Keep it in a local variable: it counts the statements, and
/// <see cref="End"/> puts the count where <see cref="Begin"/> left room.
/// </summary>
internal struct BatchRequest
{
    private const byte QueryKind = 0;
    private const byte PreparedKind = 1;

    private readonly ProtocolVersion _version;
    private readonly int _countPosition;
    private int _count;

    private BatchRequest(ProtocolVersion version, int countPosition)
    {
        _version = version;
        _countPosition = countPosition;
    }

    internal readonly int Count => _count;

    internal static BatchRequest Begin(CqlWriter writer, ProtocolVersion version, BatchType type)
    {
        writer.WriteByte((byte)type);
        var position = writer.Length;
        writer.WriteUInt16(0);
        return new BatchRequest(version, position);
    }

    internal void AddQuery(CqlWriter writer, ReadOnlySpan<char> cql, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        Admit(valueCount, encodedValues);
        var textLength = Encoding.UTF8.GetByteCount(cql);
        var entry = writer.Reserve(5 + textLength + 2 + encodedValues.Length);
        entry[0] = QueryKind;
        BinaryPrimitives.WriteInt32BigEndian(entry[1..], textLength);
        Encoding.UTF8.GetBytes(cql, entry[5..]);
        FillValues(entry[(5 + textLength)..], valueCount, encodedValues);
    }

    /// <summary>Adds a prepared statement: its id only, a batch has no room for result metadata ids.</summary>
    internal void AddPrepared(CqlWriter writer, ReadOnlySpan<byte> id, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        Admit(valueCount, encodedValues);
        var entry = writer.Reserve(3 + id.Length + 2 + encodedValues.Length);
        entry[0] = PreparedKind;
        BinaryPrimitives.WriteUInt16BigEndian(entry[1..], (ushort)id.Length);
        id.CopyTo(entry[3..]);
        FillValues(entry[(3 + id.Length)..], valueCount, encodedValues);
    }

    internal readonly void End(CqlWriter writer, in BatchParameters parameters)
    {
        BinaryPrimitives.WriteUInt16BigEndian(writer.Written(_countPosition, 2), (ushort)_count);
        var common = new QueryParameters
        {
            Consistency = parameters.Consistency,
            SerialConsistency = parameters.SerialConsistency,
            Timestamp = parameters.Timestamp,
            Keyspace = parameters.Keyspace,
            NowInSeconds = parameters.NowInSeconds,
        };
        var flags = QueryParametersWriter.Check(_version, in common);
        QueryParametersWriter.Fill(writer.Reserve(QueryParametersWriter.Measure(_version, flags, in common)), _version, flags, in common);
    }

    private static void FillValues(Span<byte> destination, int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)valueCount);
        encodedValues.CopyTo(destination[2..]);
    }

    private void Admit(int valueCount, ReadOnlySpan<byte> encodedValues)
    {
        if (_count == ushort.MaxValue)
        {
            throw new InvalidOperationException("A batch holds at most 65,535 statements.");
        }

        QueryParametersWriter.CheckValues(_version, valueCount, encodedValues);
        _count++;
    }
}
