using System.Numerics;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Numbers against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class NumberTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Tinyint(ProtocolVersion version)
    {
        foreach (var value in new sbyte[] { sbyte.MinValue, -1, 0, 1, sbyte.MaxValue })
        {
            await columns.CheckAsync(version, "tinyint", $"{value}", $"{value}", Natural(value), Both<sbyte?>(value), Read((short)value), Read((int)value), Read((long)value), Read<long?>(value));
        }
    }

    [Theory, EachVersion]
    public async Task Smallint(ProtocolVersion version)
    {
        foreach (var value in new short[] { short.MinValue, -1, 0, 1, short.MaxValue })
        {
            await columns.CheckAsync(version, "smallint", $"{value}", $"{value}", Natural(value), Both<short?>(value), Read((int)value), Read((long)value));
        }

        await columns.CheckAsync(version, "smallint", "255", "255", Written(byte.MaxValue), Both((short)255));
        await columns.CheckAsync(version, "smallint", "-128", "-128", Written(sbyte.MinValue));
    }

    [Theory, EachVersion]
    public async Task Int(ProtocolVersion version)
    {
        foreach (var value in new[] { int.MinValue, -1, 0, 1, int.MaxValue })
        {
            await columns.CheckAsync(version, "int", $"{value}", $"{value}", Natural(value), Both<int?>(value), Read((long)value));
        }

        await columns.CheckAsync(version, "int", "65535", "65535", Written(ushort.MaxValue));
        await columns.CheckAsync(version, "int", "-32768", "-32768", Written(short.MinValue));
        await columns.CheckAsync(version, "int", "200", "200", Written((byte)200));
        await columns.CheckAsync(version, "int", "-100", "-100", Written((sbyte)-100), Written<sbyte?>(-100));
    }

    [Theory, EachVersion]
    public async Task Bigint(ProtocolVersion version)
    {
        foreach (var value in new[] { long.MinValue, -1, 0, 1, long.MaxValue })
        {
            await columns.CheckAsync(version, "bigint", $"{value}", $"{value}", Natural(value), Both<long?>(value));
        }

        await columns.CheckAsync(version, "bigint", "4294967295", "4294967295", Written(uint.MaxValue));
        await columns.CheckAsync(version, "bigint", "-2147483648", "-2147483648", Written(int.MinValue));
        await columns.CheckAsync(version, "bigint", "-5", "-5", Written((short)-5), Written((sbyte)-5));
        await columns.CheckAsync(version, "bigint", "200", "200", Written((ushort)200), Written((byte)200));
    }

    [Theory, EachVersion]
    public async Task Counter(ProtocolVersion version)
    {
        var session = await columns.Keyspace.SessionAsync(version);
        var table = await columns.Keyspace.TableAsync(session, "id int PRIMARY KEY, v counter");
        var add = session.Prepare($"UPDATE {table} SET v = v + ? WHERE id = ?");
        foreach (var (id, value) in new[] { (1, long.MaxValue), (2, long.MinValue), (3, -1L), (4, 0L) })
        {
            await session.RunAsync(add.Bind(value, id));
            var row = (await session.RunAsync($"SELECT v, to_json(v) FROM {table} WHERE id = {id}")).First();
            Assert.Equal((value, $"{value}"), (row.Get<long>(0), row.Get<string>(1)));
            Assert.Equal(value, row[0]);
        }
    }

    [Theory, EachVersion]
    public async Task Varint(ProtocolVersion version)
    {
        // Around every size at which another byte is needed, to 2^520.
        foreach (var bits in new[] { 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 520 })
        {
            var power = BigInteger.Pow(2, bits);
            foreach (var value in new[] { power - 1, power, power + 1, -power - 1, -power, 1 - power })
            {
                await columns.CheckAsync(version, "varint", $"{value}", $"{value}", Natural(value), Both<BigInteger?>(value));
            }
        }

        await columns.CheckAsync(
            version, "varint", "100", "100", Natural(new BigInteger(100)), Both((sbyte)100), Both((byte)100), Both((short)100), Both((ushort)100), Both(100), Both(100U),
            Both(100L), Both(100UL), Both((Int128)100), Both((UInt128)100));
        await columns.CheckAsync(version, "varint", "-100", "-100", Both((sbyte)-100), Both((short)-100), Both(-100), Both(-100L), Both((Int128)(-100)));
        await columns.CheckAsync(version, "varint", "0", "0", Both(BigInteger.Zero), Both((byte)0), Both(0L), Both(UInt128.Zero));
        await columns.CheckAsync(version, "varint", $"{ulong.MaxValue}", $"{ulong.MaxValue}", Both(ulong.MaxValue), Both((Int128)ulong.MaxValue));
        await columns.CheckAsync(version, "varint", $"{UInt128.MaxValue}", $"{UInt128.MaxValue}", Both(UInt128.MaxValue));
        await columns.CheckAsync(version, "varint", $"{Int128.MinValue}", $"{Int128.MinValue}", Both(Int128.MinValue));
        var row = await (await columns.OfAsync(version, "varint")).LiteralAsync("-1");
        Assert.Throws<InvalidValueException>(() => row.Get<ulong>(0));
        Assert.Throws<InvalidValueException>(() => row.Get<UInt128>(0));
        row = await (await columns.OfAsync(version, "varint")).LiteralAsync("9223372036854775808");
        Assert.Throws<InvalidValueException>(() => row.Get<long>(0));
        Assert.Equal(9223372036854775808UL, row.Get<ulong>(0));
    }

    [Theory, EachVersion]
    public async Task Float(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "float", "0.1", "0.1", Natural(0.1f), Both<float?>(0.1f));
        await columns.CheckAsync(version, "float", "0", "0.0", Both(0f));
        await columns.CheckAsync(version, "float", "-0.0", "-0.0", Both(-0f));
        await columns.CheckAsync(version, "float", "3.4028235E38", "3.4028235E38", Both(float.MaxValue));
        await columns.CheckAsync(version, "float", "-3.4028235E38", "-3.4028235E38", Both(float.MinValue));
        await columns.CheckAsync(version, "float", "1.4E-45", "1.4E-45", Both(float.Epsilon));

        // JSON has no words for these: the bytes show that they are right.
        await columns.CheckAsync(version, "float", "NaN", "null", Read(BitConverter.Int32BitsToSingle(0x7FC00000)), Written(BitConverter.Int32BitsToSingle(0x7FC00000)));
        await columns.CheckAsync(version, "float", "Infinity", "null", Both(float.PositiveInfinity));
        await columns.CheckAsync(version, "float", "-Infinity", "null", Both(float.NegativeInfinity));
    }

    [Theory, EachVersion]
    public async Task Double(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "double", "0.1", "0.1", Natural(0.1), Both<double?>(0.1));
        await columns.CheckAsync(version, "double", "0", "0.0", Both(0d));
        await columns.CheckAsync(version, "double", "-0.0", "-0.0", Both(-0d));
        await columns.CheckAsync(version, "double", "1.7976931348623157E308", "1.7976931348623157E308", Both(double.MaxValue));
        await columns.CheckAsync(version, "double", "-1.7976931348623157E308", "-1.7976931348623157E308", Both(double.MinValue));
        await columns.CheckAsync(version, "double", "4.9E-324", "4.9E-324", Both(double.Epsilon));
        await columns.CheckAsync(version, "double", "NaN", "null", Both(BitConverter.Int64BitsToDouble(0x7FF8000000000000)));
        await columns.CheckAsync(version, "double", "Infinity", "null", Both(double.PositiveInfinity));
        await columns.CheckAsync(version, "double", "-Infinity", "null", Both(double.NegativeInfinity));
    }

    [Theory, EachVersion]
    public async Task Decimal(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "decimal", "0", "0", Natural(CqlDecimal.Zero), Both(0m), Both<decimal?>(0m));
        await columns.CheckAsync(version, "decimal", "0.00", "0.00", Both(CqlDecimal.Parse("0.00")), Both(0.00m));
        await columns.CheckAsync(version, "decimal", "-12.50", "-12.50", Both(CqlDecimal.Parse("-12.50")), Both(-12.50m), Both<CqlDecimal?>(CqlDecimal.Parse("-12.50")));
        await columns.CheckAsync(version, "decimal", $"{decimal.MaxValue}", $"{decimal.MaxValue}", Both(decimal.MaxValue), Both(CqlDecimal.FromDecimal(decimal.MaxValue)));
        await columns.CheckAsync(version, "decimal", $"{decimal.MinValue}", $"{decimal.MinValue}", Both(decimal.MinValue));
        await columns.CheckAsync(
            version, "decimal", "0.0000000000000000000000000001", "1E-28", Both(0.0000000000000000000000000001m), Both(CqlDecimal.Parse("1E-28")));

        // A negative scale, which System.Decimal has not: the same number with another scale when it is read as one.
        await columns.CheckAsync(version, "decimal", "1E+6", "1E+6", Both(new CqlDecimal(1, -6)), Read(1_000_000m));
        await columns.CheckAsync(version, "decimal", "-7.25E+20", "-7.25E+20", Both(new CqlDecimal(-725, -18)), Read(-725_000_000_000_000_000_000m));

        // More digits than System.Decimal has: whole, or refused.
        var large = $"{BigInteger.Pow(3, 300)}.{BigInteger.Pow(7, 200)}";
        await columns.CheckAsync(version, "decimal", large, large, Both(CqlDecimal.Parse(large)));
        foreach (var literal in new[] { large, "1E-29", "1E+29", "1E-2000", "79228162514264337593543950336", "0.12345678901234567890123456789" })
        {
            var column = await columns.OfAsync(version, "decimal");
            var row = await column.LiteralAsync(literal);
            Assert.Equal(literal, row.Get<CqlDecimal>(0).ToString());
            Assert.Equal(literal, row.Get<string>("json"));
            Assert.Throws<InvalidValueException>(() => row.Get<decimal>(0));
            Assert.Equal(row.GetBytes(0).ToArray(), (await column.WrittenAsync(CqlDecimal.Parse(literal))).GetBytes(0).ToArray());
        }

        // As few digits as make it fit: 30 decimals, the last two of them zero.
        await columns.CheckAsync(
            version, "decimal", "0.123456789012345678901234567800", "0.123456789012345678901234567800",
            Both(CqlDecimal.Parse("0.123456789012345678901234567800")), Read(0.1234567890123456789012345678m));
    }
}
