using System.Collections.Frozen;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>The functions that exist for fixed types. Those for any type are in <see cref="GenericFunctions"/>.</summary>
internal static class NativeFunctions
{
    internal static readonly CqlType[] Scalars =
    [
        CqlType.Ascii, CqlType.Bigint, CqlType.Boolean, CqlType.Counter, CqlType.Date, CqlType.Decimal, CqlType.Double, CqlType.Duration, CqlType.Float, CqlType.Inet, CqlType.Int,
        CqlType.Smallint, CqlType.Text, CqlType.Time, CqlType.Timestamp, CqlType.Timeuuid, CqlType.Tinyint, CqlType.Uuid, CqlType.Varint, CqlType.Blob,
    ];

    private static readonly CqlType[] Numbers =
        [CqlType.Tinyint, CqlType.Smallint, CqlType.Int, CqlType.Bigint, CqlType.Float, CqlType.Double, CqlType.Varint, CqlType.Decimal];

    private static readonly FrozenDictionary<string, ScalarFunction[]> ByName = All().GroupBy(f => f.Name).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    internal static ReadOnlySpan<ScalarFunction> Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<ScalarFunction> All() => [.. Identifiers(), .. Times(), .. Blobs(), .. Mathematics()];

    private static IEnumerable<ScalarFunction> Identifiers()
    {
        yield return new("uuid", [], CqlType.Uuid, (_, _) => ValueBytes.Uuid(Guid.NewGuid()));
        foreach (var name in new[] { "now", "current_timeuuid", "currenttimeuuid" })
        {
            yield return new(name, [], CqlType.Timeuuid, (_, scope) => ValueBytes.TimeUuid(scope.Context.Engine.Database.NewTimeUuid()));
        }

        foreach (var (name, max) in new[] { ("min_timeuuid", false), ("mintimeuuid", false), ("max_timeuuid", true), ("maxtimeuuid", true) })
        {
            yield return new(name, [CqlType.Timestamp], CqlType.Timeuuid, (args, _) =>
            {
                var moment = DateTimeOffset.FromUnixTimeMilliseconds(ValueBytes.ToBigint(args[0]!));
                return ValueBytes.TimeUuid(max ? TimeUuid.Max(moment) : TimeUuid.Min(moment));
            });
        }
    }

    private static IEnumerable<ScalarFunction> Times()
    {
        foreach (var name in new[] { "current_timestamp", "currenttimestamp" })
        {
            yield return new(name, [], CqlType.Timestamp, (_, scope) => ValueBytes.Bigint(scope.Context.NowMicroseconds / 1000));
        }

        foreach (var name in new[] { "current_date", "currentdate" })
        {
            yield return new(name, [], CqlType.Date, (_, scope) => ValueBytes.Date((int)FloorDivide(scope.Context.NowMicroseconds, 86_400_000_000)));
        }

        foreach (var name in new[] { "current_time", "currenttime" })
        {
            yield return new(name, [], CqlType.Time, (_, scope) => ValueBytes.Bigint(Modulo(scope.Context.NowMicroseconds, 86_400_000_000) * 1000));
        }

        foreach (var name in new[] { "to_date", "todate" })
        {
            yield return new(name, [CqlType.Timeuuid], CqlType.Date, (args, _) => ValueBytes.Date((int)FloorDivide(MillisecondsOf(args[0]!), 86_400_000)));
            yield return new(name, [CqlType.Timestamp], CqlType.Date, (args, _) => ValueBytes.Date((int)FloorDivide(ValueBytes.ToBigint(args[0]!), 86_400_000)));
        }

        foreach (var name in new[] { "to_timestamp", "totimestamp" })
        {
            yield return new(name, [CqlType.Timeuuid], CqlType.Timestamp, (args, _) => ValueBytes.Bigint(MillisecondsOf(args[0]!)));
            yield return new(name, [CqlType.Date], CqlType.Timestamp, (args, _) => ValueBytes.Bigint(ValueBytes.ToDaysSinceEpoch(args[0]!) * 86_400_000L));
        }

        foreach (var name in new[] { "to_unix_timestamp", "tounixtimestamp" })
        {
            yield return new(name, [CqlType.Timeuuid], CqlType.Bigint, (args, _) => ValueBytes.Bigint(MillisecondsOf(args[0]!)));
            yield return new(name, [CqlType.Timestamp], CqlType.Bigint, (args, _) => args[0]);
            yield return new(name, [CqlType.Date], CqlType.Bigint, (args, _) => ValueBytes.Bigint(ValueBytes.ToDaysSinceEpoch(args[0]!) * 86_400_000L));
        }

        foreach (var type in new[] { CqlType.Timestamp, CqlType.Timeuuid, CqlType.Date })
        {
            var result = type == CqlType.Date ? CqlType.Date : CqlType.Timestamp;
            yield return new("floor", [type, CqlType.Duration], result, (args, _) => Floor(type, args[0]!, args[1]!, 0));
            foreach (var start in new[] { type == CqlType.Date ? CqlType.Date : CqlType.Timestamp })
            {
                yield return new("floor", [type, CqlType.Duration, start], result, (args, _) => Floor(type, args[0]!, args[1]!, Milliseconds(start, args[2]!)));
            }
        }

        yield return new("floor", [CqlType.Time, CqlType.Duration], CqlType.Time, (args, _) =>
        {
            var step = ValueBytes.ToDuration(args[1]!).Nanoseconds;
            var time = ValueBytes.ToBigint(args[0]!);
            return step > 0 ? ValueBytes.Bigint(time - time % step) : throw CqlError.Invalid("Durations must be greater than zero");
        });
    }

    private static IEnumerable<ScalarFunction> Blobs()
    {
        foreach (var type in Scalars)
        {
            if (type.Code == CqlTypeCode.Blob)
            {
                continue;
            }

            var names = type == CqlType.Text ? new[] { "text", "varchar" } : [type.ToString()!];
            foreach (var name in names)
            {
                foreach (var toBlob in new[] { name + "_as_blob", name + "asblob" })
                {
                    yield return new(toBlob, [type], CqlType.Blob, (args, _) => args[0], IsCalledOnNull: true);
                }

                foreach (var fromBlob in new[] { "blob_as_" + name, "blobas" + name })
                {
                    yield return new(fromBlob, [CqlType.Blob], type, (args, _) => args[0] is null ? null : Validation.IsValid(type, args[0]!)
                        ? args[0]
                        : throw CqlError.Invalid($"In call to function system.{fromBlob}, value 0x{Convert.ToHexStringLower(args[0]!)} is not a valid binary representation for type {type}"), IsCalledOnNull: true);
                }
            }
        }
    }

    private static IEnumerable<ScalarFunction> Mathematics()
    {
        foreach (var type in Numbers)
        {
            yield return new("abs", [type], type, (args, _) => Arithmetic.Absolute(type, args[0]!));
            yield return new("exp", [type], type, (args, _) => Arithmetic.FromDouble(type, Math.Exp(ValueBytes.ToDouble(type, args[0]!))));
            yield return new("log", [type], type, (args, _) => Arithmetic.FromDouble(type, Math.Log(ValueBytes.ToDouble(type, args[0]!))));
            yield return new("log10", [type], type, (args, _) => Arithmetic.FromDouble(type, Math.Log10(ValueBytes.ToDouble(type, args[0]!))));
            yield return new("round", [type], type, (args, _) => Arithmetic.Round(type, args[0]!));
        }
    }

    /// <summary>Towards 1970, as a server does it.</summary>
    internal static long MillisecondsOf(byte[] timeUuid) =>
        (TimeUuid.FromGuid(new Guid(timeUuid, bigEndian: true)).Timestamp.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    internal static long FloorDivide(long value, long divisor) => value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);

    private static long Modulo(long value, long divisor) => value - FloorDivide(value, divisor) * divisor;

    private static long Milliseconds(CqlType type, byte[] bytes) => type.Code switch
    {
        CqlTypeCode.Timeuuid => MillisecondsOf(bytes),
        CqlTypeCode.Date => ValueBytes.ToDaysSinceEpoch(bytes) * 86_400_000L,
        _ => ValueBytes.ToBigint(bytes),
    };

    private static byte[] Floor(CqlType type, byte[] value, byte[] durationBytes, long start)
    {
        var duration = ValueBytes.ToDuration(durationBytes);
        if (duration.Months < 0 || duration.Days < 0 || duration.Nanoseconds < 0 || duration == default)
        {
            throw CqlError.Invalid("Negative durations are not supported by the floor function");
        }

        if (type == CqlType.Date && duration.Nanoseconds != 0)
        {
            throw CqlError.Invalid($"The floor on date values cannot be computed for the {duration} duration as precision is below 1 day");
        }

        if (duration.Nanoseconds % 1_000_000 != 0)
        {
            throw CqlError.Invalid($"The floor cannot be computed for the {duration} duration as precision is below 1 millisecond");
        }

        var time = Milliseconds(type, value);
        if (time < start)
        {
            throw CqlError.Invalid("The floor function starting time is greater than the provided time");
        }

        long floor;
        if (duration.Months == 0)
        {
            var step = duration.Days * 86_400_000L + duration.Nanoseconds / 1_000_000;
            floor = start + (time - start) / Math.Max(1, step) * Math.Max(1, step);
        }
        else
        {
            // Months differ in length: step from the start until the next step would be behind the time.
            var begin = DateTimeOffset.FromUnixTimeMilliseconds(start);
            var target = DateTimeOffset.FromUnixTimeMilliseconds(time);
            var steps = Math.Max(0, ((target.Year - begin.Year) * 12 + target.Month - begin.Month) / duration.Months - 1);
            var at = begin.AddMonths(steps * duration.Months);
            while (true)
            {
                var next = begin.AddMonths((steps + 1) * duration.Months).AddDays((steps + 1) * duration.Days).AddTicks((steps + 1) * duration.Nanoseconds / 100);
                if (next > target)
                {
                    break;
                }

                at = next;
                steps++;
            }

            floor = at.ToUnixTimeMilliseconds();
        }

        return type == CqlType.Date ? ValueBytes.Date((int)FloorDivide(floor, 86_400_000)) : ValueBytes.Bigint(floor);
    }
}
