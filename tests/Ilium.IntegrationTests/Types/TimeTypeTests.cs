using System.Globalization;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Dates, times and durations against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class TimeTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Date(ProtocolVersion version)
    {
        foreach (var text in new[] { "0001-01-01", "1582-10-15", "1969-12-31", "1970-01-01", "2000-02-29", "2026-11-25", "9999-12-31" })
        {
            var date = DateOnly.Parse(text, CultureInfo.InvariantCulture);
            await columns.CheckAsync(version, "date", $"'{text}'", $"\"{text}\"", Natural(date), Both<DateOnly?>(date), Both(CqlDate.Parse(text)));
        }

        // As a number a date counts from its least: the ends of its range, and the days beyond .NET's.
        foreach (var (number, json, date) in new[]
        {
            ("0", "-5877641-06-23", CqlDate.MinValue), ("4294967295", "+5881580-07-11", CqlDate.MaxValue), ("2147483648", "1970-01-01", new CqlDate(0)),
            ("2150416545", "+10000-01-01", CqlDate.Parse("10000-01-01")), ("2146764485", "0000-12-31", CqlDate.Parse("0000-12-31")),
        })
        {
            await columns.CheckAsync(version, "date", number, $"\"{json}\"", Both(date));
            Assert.Equal(json, date.ToString());
            var row = await (await columns.OfAsync(version, "date")).LiteralAsync(number);
            if (number != "2147483648")
            {
                Assert.Throws<InvalidValueException>(() => row.Get<DateOnly>(0));
            }
        }
    }

    [Theory, EachVersion]
    public async Task Time(ProtocolVersion version)
    {
        foreach (var text in new[] { "00:00:00.000000000", "00:00:00.000000100", "13:05:59.123456700", "23:59:59.999999900" })
        {
            var time = TimeOnly.Parse(text[..^2], CultureInfo.InvariantCulture);
            await columns.CheckAsync(
                version, "time", $"'{text}'", $"\"{text}\"", Natural(time), Both<TimeOnly?>(time), Both(CqlTime.Parse(text)), Both(time.ToTimeSpan()));
        }

        foreach (var text in new[] { "00:00:00.000000001", "12:34:56.789012345", "23:59:59.999999999" })
        {
            await columns.CheckAsync(version, "time", $"'{text}'", $"\"{text}\"", Both(CqlTime.Parse(text)));
            var row = await (await columns.OfAsync(version, "time")).LiteralAsync($"'{text}'");
            Assert.Throws<InvalidValueException>(() => row.Get<TimeOnly>(0));
            Assert.Throws<InvalidValueException>(() => row.Get<TimeSpan>(0));
        }

        await columns.CheckAsync(version, "time", "86399999999999", "\"23:59:59.999999999\"", Both(CqlTime.MaxValue));
    }

    [Theory, EachVersion]
    public async Task Timestamp(ProtocolVersion version)
    {
        foreach (var (literal, json) in new[]
        {
            ("'1970-01-01T00:00:00Z'", "1970-01-01 00:00:00.000Z"), ("'1969-12-31T23:59:59.999Z'", "1969-12-31 23:59:59.999Z"),
            ("'2026-11-25T10:38:08.123+02:00'", "2026-11-25 08:38:08.123Z"), ("'9999-12-31T23:59:59.999Z'", "9999-12-31 23:59:59.999Z"),
            ("'1600-02-29T12:00:00Z'", "1600-02-29 12:00:00.000Z"),
        })
        {
            var at = DateTimeOffset.Parse(literal.Trim('\''), CultureInfo.InvariantCulture).ToUniversalTime();
            await columns.CheckAsync(
                version, "timestamp", literal, $"\"{json}\"", Natural(at), Both<DateTimeOffset?>(at), Both(at.UtcDateTime), Both<DateTime?>(at.UtcDateTime),
                Both(CqlTimestamp.FromDateTimeOffset(at)), Written(at.ToOffset(TimeSpan.FromHours(-11))), Written(at.AddTicks(9_999)));
        }

        var column = await columns.OfAsync(version, "timestamp");
        foreach (var milliseconds in new[] { long.MinValue, -62_135_596_800_001, 253_402_300_800_000, long.MaxValue })
        {
            var row = await column.LiteralAsync($"{milliseconds}");
            Assert.Equal(new CqlTimestamp(milliseconds), row.Get<CqlTimestamp>(0));
            Assert.Throws<InvalidValueException>(() => row.Get<DateTimeOffset>(0));
            Assert.Throws<InvalidValueException>(() => row.Get<DateTime>(0));
            var written = await column.WrittenAsync(new CqlTimestamp(milliseconds));
            Assert.Equal((milliseconds, row.Get<string>("json")), (written.Get<CqlTimestamp>(0).UnixMilliseconds, written.Get<string>("json")));
        }

        foreach (var milliseconds in new[] { -62_135_596_800_000, 253_402_300_799_999 })
        {
            Assert.Equal(milliseconds, (await column.LiteralAsync($"{milliseconds}")).Get<DateTimeOffset>(0).ToUnixTimeMilliseconds());
        }

        Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, new DateTime(2026, 11, 25)));
        Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, 0L));
    }

    [Theory, EachVersion]
    public async Task Duration(ProtocolVersion version)
    {
        foreach (var (literal, json, value) in new[]
        {
            ("0s", "", default), ("1ns", "1ns", new CqlDuration(0, 0, 1)), ("-1ns", "-1ns", new CqlDuration(0, 0, -1)),
            ("1y2mo3w4d5h6m7s8ms9us10ns", "1y2mo25d5h6m7s8ms9us10ns", new CqlDuration(14, 25, 18_367_008_009_010)),
            ("-1mo2d3h", "-1mo2d3h", new CqlDuration(-1, -2, -10_800_000_000_000)), ("P1Y2M3DT4H5M6S", "1y2mo3d4h5m6s", new CqlDuration(14, 3, 14_706_000_000_000)),
            ("2147483647mo2147483647d9223372036854775807ns", "178956970y7mo2147483647d2562047h47m16s854ms775us807ns", new CqlDuration(int.MaxValue, int.MaxValue, long.MaxValue)),
        })
        {
            await columns.CheckAsync(version, "duration", literal, $"\"{json}\"", Natural(value), Both<CqlDuration?>(value));
            Assert.Equal(json.Length == 0 ? "0s" : json, value.ToString());
            Assert.Equal(value, CqlDuration.Parse(literal));
        }

        // The ends of the range below, which the server writes no literal for.
        var least = new CqlDuration(int.MinValue, int.MinValue, long.MinValue);
        Assert.Equal(least, (await (await columns.OfAsync(version, "duration")).WrittenAsync(least)).Get<CqlDuration>(0));
    }
}
