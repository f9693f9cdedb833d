using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Text, bytes, truth, identifiers and addresses against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class TextTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Text(ProtocolVersion version)
    {
        foreach (var (value, json) in new[]
        {
            ("", "\"\""), ("plain", "\"plain\""), ("it's", "\"it's\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("naïve 中文 🙂", "\"naïve 中文 🙂\""),
            ("line\nline\ttab", "\"line\\nline\\ttab\""), ("\0", "\"\\u0000\""), ("\uFFFD\uFEFF", "\"\uFFFD\uFEFF\""),
        })
        {
            await columns.CheckAsync(
                version, "text", Quoted(value), json, Natural(value), Both(value.ToCharArray()), Both(value.AsMemory()), Both<ReadOnlyMemory<char>?>(value.AsMemory()));
        }

        var long64 = string.Concat(Enumerable.Repeat("abcdé中🙂", 8_000));
        await columns.CheckAsync(version, "text", Quoted(long64), $"\"{long64}\"", Both(long64));
        var insert = (await columns.OfAsync(version, "text")).Insert;
        Assert.Throws<InvalidValueException>(() => insert.Bind(1, "half a pair: \uD83D"));
    }

    [Theory, EachVersion]
    public async Task Ascii(ProtocolVersion version)
    {
        var all = new string([.. Enumerable.Range(32, 95).Select(i => (char)i)]);
        await columns.CheckAsync(version, "ascii", "''", "\"\"", Natural(""), Both(Array.Empty<char>()));
        await columns.CheckAsync(
            version, "ascii", Quoted(all), $"\"{all.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            Natural(all), Both(all.ToCharArray()), Both(all.AsMemory()));
        var insert = (await columns.OfAsync(version, "ascii")).Insert;
        Assert.Throws<InvalidValueException>(() => insert.Bind(1, "é"));
    }

    [Theory, EachVersion]
    public async Task Blob(ProtocolVersion version)
    {
        foreach (var value in new byte[][] { [], [0], [0, 255, 128, 127], [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i * 7))] })
        {
            var hex = $"0x{Convert.ToHexString(value)}";
            await columns.CheckAsync(
                version, "blob", hex, $"\"0x{Convert.ToHexStringLower(value)}\"", Natural(value), Both(new ReadOnlyMemory<byte>(value)), Both(new Memory<byte>(value)),
                Both(new ArraySegment<byte>(value)));
        }
    }

    [Theory, EachVersion]
    public async Task Boolean(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "boolean", "true", "true", Natural(true), Both<bool?>(true));
        await columns.CheckAsync(version, "boolean", "false", "false", Natural(false), Both<bool?>(false));
    }

    [Theory, EachVersion]
    public async Task Uuid(ProtocolVersion version)
    {
        foreach (var text in new[]
        {
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "01020304-0506-4708-890a-0b0c0d0e0f10", "018f4e1c-7b5a-7cc0-8d3e-9f1a2b3c4d5e",
        })
        {
            await columns.CheckAsync(version, "uuid", text, $"\"{text}\"", Natural(Guid.Parse(text)), Both<Guid?>(Guid.Parse(text)));
        }
    }

    [Theory, EachVersion]
    public async Task Timeuuid(ProtocolVersion version)
    {
        foreach (var text in new[] { "13814000-1dd2-11b2-8080-808080808080", "13813fff-1dd2-11b2-bf7f-7f7f7f7f7f7f", "fffffff0-ffff-1fff-bfff-ffffffffffff", "00000000-0000-1000-8000-000000000000" })
        {
            await columns.CheckAsync(
                version, "timeuuid", text, $"\"{text}\"", Natural(TimeUuid.Parse(text)), Both<TimeUuid?>(TimeUuid.Parse(text)), Both(Guid.Parse(text)));
        }

        var insert = (await columns.OfAsync(version, "timeuuid")).Insert;
        Assert.Throws<InvalidValueException>(() => insert.Bind(1, Guid.NewGuid()));
        Assert.Throws<InvalidValueException>(() => insert.Bind(1, default(TimeUuid)));
    }

    [Theory, EachVersion]
    public async Task Times_in_timeuuids_are_the_servers(ProtocolVersion version)
    {
        var column = await columns.OfAsync(version, "timeuuid");
        foreach (var at in new[]
        {
            DateTimeOffset.UnixEpoch, new DateTimeOffset(2026, 11, 25, 10, 38, 8, 123, TimeSpan.Zero), new DateTimeOffset(1970, 1, 1, 0, 0, 0, 1, TimeSpan.Zero),
            new DateTimeOffset(2105, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
        })
        {
            var milliseconds = at.ToUnixTimeMilliseconds();
            Assert.Equal(TimeUuid.Min(at), (await column.LiteralAsync($"min_timeuuid({milliseconds})")).Get<TimeUuid>(0));
            Assert.Equal(TimeUuid.Max(at), (await column.LiteralAsync($"max_timeuuid({milliseconds})")).Get<TimeUuid>(0));
            var id = TimeUuid.NewId(at);
            var row = (await column.Session.RunAsync(new SimpleStatement("SELECT to_timestamp((timeuuid)?), to_unix_timestamp((timeuuid)?) FROM system.local", id, id))).First();
            Assert.Equal((at, milliseconds), (row.Get<DateTimeOffset>(0), row.Get<long>(1)));
            Assert.Equal(at, id.Timestamp);
        }
    }

    [Theory, EachVersion]
    public async Task Timeuuids_are_ordered_as_the_server_orders_them(ProtocolVersion version)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var table = await columns.Keyspace.TableAsync(session, "id int, v timeuuid, PRIMARY KEY (id, v)");
        var insert = session.Prepare($"INSERT INTO {table} (id, v) VALUES (1, ?)");
        var at = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
        TimeUuid[] ids =
        [
            .. Enumerable.Range(0, 100).Select(i => TimeUuid.NewId()), .. Enumerable.Range(0, 100).Select(i => TimeUuid.NewId(at)), TimeUuid.Min(at), TimeUuid.Max(at),
            .. Enumerable.Range(-50, 100).Select(i => TimeUuid.NewId(at.AddDays(i * 1_000))),
        ];
        await Task.WhenAll(ids.Select(id => session.RunAsync(insert.Bind(id))));
        Assert.Equal(ids.Order(), (await session.RunAsync($"SELECT v FROM {table} WHERE id = 1")).Select(row => row.Get<TimeUuid>(0)));
    }

    [Theory, EachVersion]
    public async Task Inet(ProtocolVersion version)
    {
        foreach (var text in new[] { "0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.30.40" })
        {
            await columns.CheckAsync(version, "inet", $"'{text}'", $"\"{text}\"", Natural(IPAddress.Parse(text)));
        }

        foreach (var (text, json) in new[]
        {
            ("::", "0:0:0:0:0:0:0:0"), ("::1", "0:0:0:0:0:0:0:1"), ("2001:db8::ff00:42:8329", "2001:db8:0:0:0:ff00:42:8329"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        })
        {
            await columns.CheckAsync(version, "inet", $"'{text}'", $"\"{json}\"", Natural(IPAddress.Parse(text)));
        }

        // Java knows no IPv4 address in IPv6 form; the driver sends the sixteen bytes it was given, and gets them back.
        var mapped = IPAddress.Parse("::ffff:10.0.0.1");
        Assert.Equal(mapped, (await (await columns.OfAsync(version, "inet")).WrittenAsync(mapped)).Get<IPAddress>(0));
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
