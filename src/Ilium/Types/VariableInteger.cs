using System.Buffers.Binary;
using System.Numerics;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// The server's [unsigned vint] and [vint] (native protocol v5 §3): the number of leading one bits of the first byte says how many bytes follow;
/// signed values are zig-zag encoded.
/// </summary>
internal static class VariableInteger
{
    internal static void WriteUnsigned(CqlWriter writer, ulong value)
    {
        // 1 byte holds 7 bits, each further byte 7 more, and the ninth 8: the closed form of that staircase.
        var size = (639 - (BitOperations.LeadingZeroCount(value | 1) * 9)) >> 6;
        Span<byte> all = stackalloc byte[9];
        BinaryPrimitives.WriteUInt64BigEndian(all[1..], value);
        var used = all[(9 - size)..];
        used[0] |= (byte)~(0xFF >> (size - 1));
        writer.WriteRaw(used);
    }

    internal static void WriteSigned(CqlWriter writer, long value) => WriteUnsigned(writer, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Reads from the front of <paramref name="bytes"/> and moves it on; false when it is too short.</summary>
    internal static bool TryReadUnsigned(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        if (bytes.IsEmpty)
        {
            return false;
        }

        var first = bytes[0];
        var extra = BitOperations.LeadingZeroCount((uint)(byte)~first) - 24;
        if (bytes.Length <= extra)
        {
            return false;
        }

        value = (ulong)(first & (0xFF >> extra));
        for (var i = 1; i <= extra; i++)
        {
            value = (value << 8) | bytes[i];
        }

        bytes = bytes[(extra + 1)..];
        return true;
    }

    internal static bool TryReadSigned(ref ReadOnlySpan<byte> bytes, out long value)
    {
        var read = TryReadUnsigned(ref bytes, out var raw);
        value = (long)(raw >> 1) ^ -(long)(raw & 1);
        return read;
    }
}
