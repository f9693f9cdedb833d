using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ilium;

/// <summary>
/// A CQL <c>timeuuid</c>: a version 1 UUID, made of a time in hundreds of nanoseconds, a clock sequence and a node (RFC 9562 §5.1). It compares as the
/// server's <c>timeuuid</c> clustering order does: by time, then by the remaining bytes as signed numbers. Immutable and safe for all threads.
/// </summary>
/// <remarks><c>default(TimeUuid)</c> is the nil UUID, which is not a timeuuid; it cannot be written.</remarks>
public readonly struct TimeUuid : IEquatable<TimeUuid>, IComparable<TimeUuid>, IComparable
{
    // Ticks of 1582-10-15, from which UUIDs count, on the scale of DateTime.
    internal const long GregorianEpochTicks = 499_163_040_000_000_000;
    internal const long MaxTimestamp = (1L << 60) - 1;

    private const ulong LowestRest = 0x8080_8080_8080_8080;
    private const ulong HighestRest = 0x7F7F_7F7F_7F7F_7F7F;

    private readonly ulong _time;
    private readonly ulong _rest;

    private TimeUuid(ulong time, ulong rest)
    {
        _time = time;
        _rest = rest;
    }

    /// <summary>The time in it, in UTC, to 100 nanoseconds.</summary>
    public DateTimeOffset Timestamp => new(GregorianTicks + GregorianEpochTicks, TimeSpan.Zero);

    /// <summary>The 14-bit clock sequence.</summary>
    public int ClockSequence => (int)(_rest >> 48) & 0x3FFF;

    /// <summary>The 48-bit node.</summary>
    public long Node => (long)(_rest & 0xFFFF_FFFF_FFFF);

    /// <summary>Hundreds of nanoseconds since 1582-10-15.</summary>
    private long GregorianTicks => (long)(((_time & 0x0FFF) << 48) | ((_time << 16) & 0xFFFF_0000_0000) | (_time >> 32));

    /// <summary>
    /// A new one for the present time. Unique, and larger than all that this process made before, from whatever thread. The node is random, chosen once
    /// a process, so that it does not reveal a network address.
    /// </summary>
    public static TimeUuid NewId() => TimeUuidGenerator.Default.NewId();

    /// <summary>A new one for a given time; node and clock sequence are random each time, so that equal times give different ones.</summary>
    /// <param name="timestamp">The time, to 100 nanoseconds, from 1582-10-15 to the year 5236.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside that range.</exception>
    public static TimeUuid NewId(DateTimeOffset timestamp) => TimeUuidGenerator.NewId(timestamp);

    /// <summary>
    /// The smallest one of a millisecond, as CQL's <c>minTimeuuid()</c> gives: a bound for <c>&gt;=</c> in range queries, not to be stored.
    /// </summary>
    /// <param name="timestamp">Any time within that millisecond.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1582-10-15 or after the year 5236.</exception>
    public static TimeUuid Min(DateTimeOffset timestamp) => Create(ToGregorian(FloorToMillisecond(timestamp)), LowestRest);

    /// <summary>
    /// The largest one of a millisecond, as CQL's <c>maxTimeuuid()</c> gives: a bound for <c>&lt;=</c> in range queries, not to be stored.
    /// </summary>
    /// <param name="timestamp">Any time within that millisecond.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1582-10-15 or after the year 5236.</exception>
    public static TimeUuid Max(DateTimeOffset timestamp) =>
        Create(ToGregorian(FloorToMillisecond(timestamp)) + TimeSpan.TicksPerMillisecond - 1, HighestRest);

    /// <summary>The same UUID.</summary>
    /// <param name="value">A version 1 UUID.</param>
    /// <exception cref="ArgumentException">It is of another version.</exception>
    public static TimeUuid FromGuid(Guid value) => TryFromGuid(value, out var result)
        ? result
        : throw new ArgumentException($"A timeuuid is a version 1 uuid, but {value} has version {value.Version}.", nameof(value));

    /// <summary>The same UUID, or false when it is not of version 1.</summary>
    /// <param name="value">A UUID.</param>
    /// <param name="result">The timeuuid.</param>
    public static bool TryFromGuid(Guid value, out TimeUuid result)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return TryFromBytes(bytes, out result);
    }

    /// <summary>Reads the usual text form of a UUID.</summary>
    /// <param name="text">32 hexadecimal digits in five groups.</param>
    /// <exception cref="FormatException">It is not a UUID, or not of version 1.</exception>
    public static TimeUuid Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a version 1 uuid.");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The timeuuid.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeUuid value)
    {
        value = default;
        return Guid.TryParse(text, out var guid) && TryFromGuid(guid, out value);
    }

    /// <summary>The same UUID.</summary>
    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The usual text form of a UUID.</summary>
    public override string ToString() => ToGuid().ToString();

    /// <summary>True when both are the same UUID.</summary>
    /// <param name="other">The one to compare with.</param>
    public bool Equals(TimeUuid other) => _time == other._time && _rest == other._rest;

    /// <summary>True for a <see cref="TimeUuid"/> that is the same UUID.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is TimeUuid other && Equals(other);

    /// <summary>A hash of all 128 bits.</summary>
    public override int GetHashCode() => HashCode.Combine(_time, _rest);

    /// <summary>Earlier first; within the same time, the order of the remaining bytes as signed numbers, as on the server.</summary>
    /// <param name="other">The one to compare with.</param>
    public int CompareTo(TimeUuid other)
    {
        var byTime = GregorianTicks.CompareTo(other.GregorianTicks);

        // Flipping the sign bit of every byte turns eight signed comparisons into one unsigned one.
        return byTime != 0 ? byTime : (_rest ^ LowestRest).CompareTo(other._rest ^ LowestRest);
    }

    /// <summary>As the typed comparison; null before everything.</summary>
    /// <param name="obj">A <see cref="TimeUuid"/> or null.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        TimeUuid other => CompareTo(other),
        _ => throw new ArgumentException("Only a TimeUuid can be compared with a TimeUuid.", nameof(obj)),
    };

    /// <summary>The same UUID.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(TimeUuid left, TimeUuid right) => left.Equals(right);

    /// <summary>Not the same UUID.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(TimeUuid left, TimeUuid right) => !left.Equals(right);

    /// <summary>Before, in the server's order.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(TimeUuid left, TimeUuid right) => left.CompareTo(right) < 0;

    /// <summary>Before or the same, in the server's order.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(TimeUuid left, TimeUuid right) => left.CompareTo(right) <= 0;

    /// <summary>After, in the server's order.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(TimeUuid left, TimeUuid right) => left.CompareTo(right) > 0;

    /// <summary>After or the same, in the server's order.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(TimeUuid left, TimeUuid right) => left.CompareTo(right) >= 0;

    internal static TimeUuid Create(long gregorianTicks, ulong rest)
    {
        var ticks = (ulong)gregorianTicks;
        return new TimeUuid((ticks << 32) | ((ticks >> 16) & 0xFFFF_0000) | 0x1000 | (ticks >> 48), rest);
    }

    internal static long ToGregorian(DateTimeOffset timestamp)
    {
        var ticks = timestamp.UtcTicks - GregorianEpochTicks;
        return ticks is >= 0 and <= MaxTimestamp
            ? ticks
            : throw new ArgumentOutOfRangeException(nameof(timestamp), timestamp, "A version 1 uuid holds times from 1582-10-15 to the year 5236.");
    }

    internal static bool TryFromBytes(ReadOnlySpan<byte> bytes, out TimeUuid value)
    {
        value = new TimeUuid(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        if ((value._time & 0xF000) == 0x1000)
        {
            return true;
        }

        value = default;
        return false;
    }

    internal void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _time);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _rest);
    }

    private static DateTimeOffset FloorToMillisecond(DateTimeOffset value) =>
        new(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
