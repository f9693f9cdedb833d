using System.IO.Hashing;

namespace Ilium.Protocol;

/// <summary>CRC-32 of a segment's payload as sent, begun over four fixed bytes so that zeros don't check themselves (native protocol v5 §2.2).
/// Not for several threads at once: it keeps its state between calls so that computing allocates nothing.</summary>
internal sealed class PayloadChecksum
{
    private readonly Crc32 _crc = new();

    private static ReadOnlySpan<byte> Seed => [0xFA, 0x2D, 0x55, 0xCA];

    internal uint Compute(ReadOnlySpan<byte> payload)
    {
        _crc.Reset();
        _crc.Append(Seed);
        _crc.Append(payload);
        return _crc.GetCurrentHashAsUInt32();
    }
}
