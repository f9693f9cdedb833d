using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ilium;

/// <summary>
/// Makes version 1 UUIDs that grow strictly, whatever the clock does and however many threads ask. Safe for all threads; one per process is enough,
/// and <see cref="TimeUuid.NewId()"/> uses that one.
/// </summary>
/// <remarks>
/// Node and clock sequence come from a strong random source when the generator is made, with the multicast bit that RFC 9562 §6.10 asks of random
/// nodes, so that neither two processes nor two generators collide. When the clock stands still or goes back, times continue from the last one in
/// steps of 100 nanoseconds.
/// </remarks>
public sealed class TimeUuidGenerator
{
    private const ulong Variant = 0x8000_0000_0000_0000;
    private const ulong VariantMask = 0x3FFF_FFFF_FFFF_FFFF;
    private const ulong MulticastNode = 0x0000_0100_0000_0000;

    private readonly TimeProvider _clock;
    private readonly ulong _clockSequenceAndNode = RandomClockSequenceAndNode();
    private long _last;

    /// <summary>Makes a generator with a random node and clock sequence.</summary>
    /// <param name="clock">Where the time comes from; null for the system's clock.</param>
    public TimeUuidGenerator(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
    }

    internal static TimeUuidGenerator Default { get; } = new();

    /// <summary>A new one for the present time, larger than all that this generator made before.</summary>
    public TimeUuid NewId()
    {
        var now = TimeUuid.ToGregorian(_clock.GetUtcNow());
        var last = Volatile.Read(ref _last);
        while (true)
        {
            var next = Math.Max(now, last + 1);
            var seen = Interlocked.CompareExchange(ref _last, next, last);
            if (seen == last)
            {
                return TimeUuid.Create(next, _clockSequenceAndNode);
            }

            last = seen;
        }
    }

    internal static TimeUuid NewId(DateTimeOffset timestamp) => TimeUuid.Create(TimeUuid.ToGregorian(timestamp), RandomClockSequenceAndNode());

    private static ulong RandomClockSequenceAndNode()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        return (BinaryPrimitives.ReadUInt64BigEndian(random) & VariantMask) | Variant | MulticastNode;
    }
}
