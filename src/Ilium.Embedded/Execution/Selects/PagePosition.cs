using Ilium.Buffers;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Selects;

/// <summary>Where a page ended, as clients carry it: the last row, and how many are still wanted. Clients see bytes without meaning.</summary>
/// <param name="Key">The last partition.</param>
/// <param name="Clustering">The last row in it; null when the partition is done with.</param>
/// <param name="Remaining">Rows left of LIMIT; int.MaxValue without one.</param>
/// <param name="RemainingInPartition">Rows left of PER PARTITION LIMIT; int.MaxValue without one.</param>
internal sealed record PagePosition(byte[] Key, byte[][]? Clustering, int Remaining, int RemainingInPartition)
{
    private const byte Version = 0x49;

    internal byte[] Encode()
    {
        using var writer = new CqlWriter();
        writer.WriteByte(Version);
        writer.WriteInt32(Remaining);
        writer.WriteInt32(RemainingInPartition);
        writer.WriteBytes(Key);
        writer.WriteInt16((short)(Clustering?.Length ?? -1));
        foreach (var value in Clustering ?? [])
        {
            writer.WriteBytes(value);
        }

        return writer.WrittenSpan.ToArray();
    }

    internal static PagePosition Decode(byte[] state)
    {
        try
        {
            var reader = new CqlReader(state);
            if (reader.ReadByte() != Version)
            {
                throw Invalid();
            }

            var remaining = reader.ReadInt32();
            var inPartition = reader.ReadInt32();
            var key = reader.ReadBytes(out var isNull).ToArray();
            var count = reader.ReadInt16();
            byte[][]? clustering = null;
            if (count >= 0)
            {
                clustering = new byte[count][];
                for (var i = 0; i < count; i++)
                {
                    clustering[i] = reader.ReadBytes(out _).ToArray();
                }
            }

            return isNull || reader.Remaining > 0 ? throw Invalid() : new PagePosition(key, clustering, remaining, inPartition);
        }
        catch (MalformedResponseException)
        {
            throw Invalid();
        }
    }

    private static CqlError Invalid() => CqlError.Protocol("Invalid value for the paging state");
}
