using Ilium.Buffers;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Benchmarks;

/// <summary>Rows as the canned responder of Ilium.Load sends them: id bigint, name text, age int, ts timestamp, v double.</summary>
internal static class SampleData
{
    internal const long Timestamp = 1_700_000_000_000;

    internal static ResultMetadata Columns { get; } = new(
    [
        Column("id", CqlType.Bigint, 0),
        Column("name", CqlType.Text, 1),
        Column("age", CqlType.Int, 2),
        Column("ts", CqlType.Timestamp, 3),
        Column("v", CqlType.Double, 4),
    ]);

    internal static byte[] Rows(int count)
    {
        using var writer = new CqlWriter();
        for (var i = 0; i < count; i++)
        {
            writer.WriteInt32(sizeof(long));
            writer.WriteInt64(i);
            var name = writer.BeginLength();
            writer.WriteRaw(System.Text.Encoding.UTF8.GetBytes($"user-{i:D8}"));
            writer.EndLength(name);
            writer.WriteInt32(sizeof(int));
            writer.WriteInt32(i % 100);
            writer.WriteInt32(sizeof(long));
            writer.WriteInt64(Timestamp);
            writer.WriteInt32(sizeof(double));
            writer.WriteInt64(BitConverter.DoubleToInt64Bits(i * 0.5));
        }

        return writer.WrittenSpan.ToArray();
    }

    private static ColumnDefinition Column(string name, CqlType type, int ordinal) => new("bench", "page", name, type, ordinal);
}
