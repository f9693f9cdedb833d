using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Storage;

/// <summary>The rows of one table as bytes, by the names of its columns: slots differ from run to run.</summary>
internal static class RowFiles
{
    internal static void Write(BinaryWriter writer, TableDefinition table)
    {
        var columns = table.Columns.Where(c => !c.IsKey).ToList();
        writer.Write(columns.Count);
        foreach (var column in columns)
        {
            writer.Write(column.Name);
        }

        lock (table.Store.Gate)
        {
            var partitions = table.Store.Partitions;
            for (var position = ChunkedList<Partition>.First; partitions.TryGet(position, out var partition); position = partitions.Next(position))
            {
                writer.Write(true);
                Write(writer, partition, columns);
            }
        }

        writer.Write(false);
    }

    internal static void Read(BinaryReader reader, TableDefinition table)
    {
        var columns = new Column?[reader.ReadInt32()];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = table.Find(reader.ReadString());
        }

        var stamps = new StampReader(reader);
        while (reader.ReadBoolean())
        {
            var partition = table.Store.GetOrAdd(ReadBytes(reader));
            if (ReadTime(reader) is { } deleted)
            {
                partition.Delete(deleted);
            }

            for (var count = reader.ReadInt32(); count > 0; count--)
            {
                var (start, end) = (ReadBound(reader), ReadBound(reader));
                partition.DeleteRange(table, new RangeTombstone(start, end, reader.ReadInt64()));
            }

            if (reader.ReadBoolean())
            {
                ReadRow(reader, partition.GetOrAddStatic(), columns, stamps);
            }

            while (reader.ReadBoolean())
            {
                ReadRow(reader, partition.GetOrAdd(table, ReadValues(reader)), columns, stamps);
            }
        }
    }

    private static void Write(BinaryWriter writer, Partition partition, List<Column> columns)
    {
        WriteBytes(writer, partition.Key);
        WriteTime(writer, partition.DeletedAt);
        writer.Write(partition.Ranges.Count);
        foreach (var range in partition.Ranges)
        {
            WriteBound(writer, range.Start);
            WriteBound(writer, range.End);
            writer.Write(range.Timestamp);
        }

        writer.Write(partition.Static is not null);
        if (partition.Static is { } statics)
        {
            WriteRow(writer, statics, columns, ofStatics: true);
        }

        if (partition.Single is { } single)
        {
            writer.Write(true);
            WriteValues(writer, []);
            WriteRow(writer, single, columns, ofStatics: false);
        }
        else if (partition.Rows is { } rows)
        {
            for (var position = ChunkedList<StoredRow>.First; rows.TryGet(position, out var row); position = rows.Next(position))
            {
                writer.Write(true);
                WriteValues(writer, row.Clustering);
                WriteRow(writer, row, columns, ofStatics: false);
            }
        }

        writer.Write(false);
    }

    private static void WriteRow(BinaryWriter writer, StoredRow row, List<Column> columns, bool ofStatics)
    {
        WriteStamp(writer, row.Marker);
        WriteTime(writer, row.DeletedAt);
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            if (column.IsStatic != ofStatics || row[column] is not { IsEmpty: false } cell)
            {
                continue;
            }

            writer.Write((short)i);
            if (cell.Value is not ComplexValue complex)
            {
                WriteCell(writer, cell);
                continue;
            }

            WriteTime(writer, complex.DeletedAt);
            writer.Write(complex.Entries.Length);
            foreach (ref readonly var entry in complex.Entries)
            {
                WriteBytes(writer, entry.Path);
                WriteCell(writer, entry.Cell);
            }
        }

        writer.Write((short)-1);
    }

    private static void ReadRow(BinaryReader reader, StoredRow row, Column?[] columns, StampReader stamps)
    {
        if (stamps.Read() is { } marker)
        {
            row.Mark(marker);
        }

        if (ReadTime(reader) is { } deleted)
        {
            row.Delete(deleted);
        }

        for (var index = reader.ReadInt16(); index >= 0; index = reader.ReadInt16())
        {
            var column = columns[index] ?? throw new InvalidDataException("A column of the rows that were kept is not in their table.");
            if (!column.IsMulticell)
            {
                row.Replace(column, ReadCell(reader, stamps));
                continue;
            }

            var complex = row.Complex(column);
            if (ReadTime(reader) is { } cleared)
            {
                complex.Delete(cleared);
            }

            for (var count = reader.ReadInt32(); count > 0; count--)
            {
                var path = ReadBytes(reader);
                complex.Write(column.Type, path, ReadCell(reader, stamps));
            }
        }
    }

    private static void WriteCell(BinaryWriter writer, Cell cell)
    {
        WriteStamp(writer, cell.Stamp);
        writer.Write(cell.Value is not null);
        if (cell.Value is byte[] value)
        {
            WriteBytes(writer, value);
        }
    }

    private static Cell ReadCell(BinaryReader reader, StampReader stamps)
    {
        var stamp = stamps.Read();
        return new Cell(reader.ReadBoolean() ? ReadBytes(reader) : null, stamp);
    }

    private static void WriteStamp(BinaryWriter writer, Stamp? stamp)
    {
        writer.Write(stamp is not null);
        if (stamp is not null)
        {
            writer.Write(stamp.Timestamp);
            writer.Write(stamp.TimeToLive);
            writer.Write(stamp.Expires);
        }
    }

    private static void WriteTime(BinaryWriter writer, long? time)
    {
        writer.Write(time is not null);
        if (time is not null)
        {
            writer.Write(time.Value);
        }
    }

    private static long? ReadTime(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadInt64() : null;

    private static void WriteBytes(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());

    private static void WriteValues(BinaryWriter writer, byte[][] values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
        {
            WriteBytes(writer, value);
        }
    }

    private static byte[][] ReadValues(BinaryReader reader)
    {
        var values = new byte[reader.ReadInt32()][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ReadBytes(reader);
        }

        return values;
    }

    private static void WriteBound(BinaryWriter writer, ClusteringBound bound)
    {
        WriteValues(writer, bound.Values);
        writer.Write(bound.LiesBehind);
    }

    private static ClusteringBound ReadBound(BinaryReader reader) => new(ReadValues(reader), reader.ReadBoolean());

    /// <summary>Gives one object for stamps that are equal and follow each other, as those of one row mostly are.</summary>
    private sealed class StampReader(BinaryReader reader)
    {
        private Stamp? _last;

        internal Stamp? Read()
        {
            if (!reader.ReadBoolean())
            {
                return null;
            }

            var (timestamp, timeToLive, expires) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64());
            if (_last is null || _last.Timestamp != timestamp || _last.TimeToLive != timeToLive || _last.Expires != expires)
            {
                _last = new Stamp(timestamp, timeToLive, expires);
            }

            return _last;
        }
    }
}
