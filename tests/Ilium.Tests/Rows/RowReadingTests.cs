using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Ilium.Buffers;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Tests.Rows;

/// <summary>A row is found and read right whatever was read before it: the place of the next column is only ever a hint.</summary>
public class RowReadingTests
{
    // What stands before the rows of a result: metadata and their number.
    private const int Before = 3;
    private const int LargeText = 1_500_000;
    private static readonly CodecRegistry Registry = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_order_of_rows_and_columns_gives_the_same_values(int seed)
    {
        var random = new Random(seed);
        var values = Values(random, rows: 200);
        var page = Page(values, offset: seed);
        var rows = page.ToArray();

        for (var i = 0; i < 20_000; i++)
        {
            var row = random.Next(values.Length);
            var column = random.Next(5);
            Assert.Equal(values[row][column], rows[row][column]);
            if (random.Next(4) == 0)
            {
                // A whole row in order, as most do.
                Assert.Equal(values[row], Enumerable.Range(0, 5).Select(ordinal => rows[row][ordinal]));
            }
        }
    }

    [Fact]
    public void A_row_of_no_result_says_that_it_is_none()
    {
        // What FirstOrDefault gives where there are no rows.
        var none = Page([]).FirstOrDefault();
        foreach (var use in new Action[]
        {
            () => none.Get<int>(0), () => none.Get<string>("name"), () => none.TryGet<int>(0, out _), () => none.IsNull(0), () => none.IsEmpty(0),
            () => none.GetBytes(0).ToArray(), () => _ = none[0], () => _ = none.Columns,
        })
        {
            Assert.StartsWith("This is default(Row) and not a row of any result", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_threads_reading_one_page_do_not_mislead_each_other()
    {
        var values = Values(new Random(7), rows: 500);
        var page = Page(values);
        using var together = new Barrier(2);

        await Task.WhenAll(Read(reverse: false), Read(reverse: true));

        Task Read(bool reverse) => Task.Run(() =>
        {
            together.SignalAndWait();
            for (var round = 0; round < 20; round++)
            {
                var row = 0;
                foreach (var found in page)
                {
                    for (var i = 0; i < 5; i++)
                    {
                        var ordinal = reverse ? 4 - i : i;
                        Assert.Equal(values[row][ordinal], found[ordinal]);
                    }

                    row++;
                }

                Assert.Equal(values.Length, row);
            }
        });
    }

    [Fact]
    public void Rows_a_megabyte_long_and_a_megabyte_apart_are_told_apart()
    {
        // The second row begins exactly 2^20 bytes after the first, where the low bits of their starts are the same.
        object?[][] values =
        [
            [1L, new string('a', (1 << 20) - 12 - 4 - 8 - 12 - 12), 1, DateTimeOffset.UnixEpoch, 1.0],
            [2L, "b", 2, DateTimeOffset.UnixEpoch.AddDays(1), 2.0],
            [3L, new string('c', LargeText), 3, DateTimeOffset.UnixEpoch.AddDays(2), 3.0],
            [4L, "d", 4, DateTimeOffset.UnixEpoch.AddDays(3), 4.0],
        ];
        var page = Page(values);
        var rows = page.ToArray();

        foreach (var first in Enumerable.Range(0, 4))
        {
            foreach (var second in Enumerable.Range(0, 4))
            {
                foreach (var ordinal in Enumerable.Range(0, 4))
                {
                    Assert.Equal(values[first][ordinal], rows[first][ordinal]);
                    Assert.Equal(values[second][ordinal + 1], rows[second][ordinal + 1]);
                }
            }
        }
    }

    [Fact]
    public void Columns_beyond_the_4_096th_are_found()
    {
        const int Columns = 5_000;
        var bytes = new byte[2 * Columns * 8];
        for (var i = 0; i < 2 * Columns; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 8), 4);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan((i * 8) + 4), i);
        }

        // Not disposed, here and below: these arrays are of no pool.
        var page = new RowSet(new PooledBody(bytes, 0, bytes.Length), Decoder([.. Enumerable.Repeat(CqlType.Int, Columns)]), 0, 2);

        var row = 0;
        foreach (var found in page)
        {
            for (var ordinal = 0; ordinal < Columns; ordinal++)
            {
                Assert.Equal((row * Columns) + ordinal, found.Get<int>(ordinal));
            }

            Assert.Equal((row * Columns) + 4_097, found.Get<int>(4_097));
            Assert.Equal((row * Columns) + 4_095, found.Get<int>(4_095));
            row++;
        }
    }

    [Fact]
    public void A_page_cut_at_any_byte_is_an_error_and_never_a_value_from_elsewhere()
    {
        object?[][] values = [[1L, "abcdefgh", 7, DateTimeOffset.UnixEpoch, 2.5]];
        var whole = Bytes(values);
        for (var length = 0; length < whole.Length; length++)
        {
            // What stands behind the end in a pooled array is another answer's.
            var array = new byte[whole.Length + 64];
            whole.CopyTo(array, 0);
            var page = new RowSet(new PooledBody(array, 0, length), Decoder(), 0, 1);
            var row = page.First();

            Assert.Throws<MalformedResponseException>(() => row.Get<double>(4));
            Assert.Throws<MalformedResponseException>(() =>
                (row.Get<long>(0), row.Get<string>(1), row.Get<int>(2), row.Get<DateTimeOffset>(3), row.Get<double>(4)));
        }
    }

    [Fact]
    public void A_length_beyond_the_page_is_an_error()
    {
        foreach (var length in new[] { 9, 1000, int.MaxValue })
        {
            var bytes = new byte[12];
            BinaryPrimitives.WriteInt32BigEndian(bytes, length);
            var page = new RowSet(new PooledBody(bytes, 0, bytes.Length), Decoder(CqlType.Bigint), 0, 1);

            Assert.Throws<MalformedResponseException>(() => page.First().Get<long>(0));
        }
    }

    [Fact]
    public void Text_of_every_short_length_is_read_with_and_without_other_letters_than_ASCII()
    {
        for (var length = 0; length <= 40; length++)
        {
            var plain = string.Create(length, 0, static (span, _) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = (char)('A' + i);
                }
            });
            AssertText(plain);
            for (var at = 0; at < length; at++)
            {
                AssertText(string.Concat(plain.AsSpan(0, at), "é", plain.AsSpan(at + 1)));
                AssertText(string.Concat(plain.AsSpan(0, at), "\u007f", plain.AsSpan(at + 1)));
            }
        }
    }

    [Fact]
    public void A_disposed_page_says_so()
    {
        var page = Page(Values(new Random(1), 2));
        var row = page.First();
        page.Dispose();

        Assert.Throws<ObjectDisposedException>(() => row.Get<long>(0));
        Assert.Throws<ObjectDisposedException>(() => row.IsNull(4));
    }

    private static void AssertText(string text)
    {
        var page = Page([[1L, text, 1, DateTimeOffset.UnixEpoch, 1.0]]);
        Assert.Equal(text, page.First().Get<string>(1));
    }

    private static object?[][] Values(Random random, int rows) =>
        [.. Enumerable.Range(0, rows).Select(_ => new object?[]
        {
            Perhaps(random, random.NextInt64()),
            Perhaps(random, new string('x', random.Next(40))),
            Perhaps(random, random.Next()),
            Perhaps(random, DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(1_000_000_000_000))),
            Perhaps(random, random.NextDouble()),
        })];

    private static object? Perhaps(Random random, object value) => random.Next(6) == 0 ? null : value;

    private static RowSet Page(object?[][] values, int offset = 0)
    {
        var content = Bytes(values);
        var array = ArrayPool<byte>.Shared.Rent(offset + Before + content.Length);
        content.CopyTo(array, offset + Before);
        return new RowSet(new PooledBody(array, offset, Before + content.Length), Decoder(), Before, values.Length);
    }

    private static RowDecoder Decoder(params CqlType[] types)
    {
        types = types.Length > 0 ? types : [CqlType.Bigint, CqlType.Text, CqlType.Int, CqlType.Timestamp, CqlType.Double];
        return new RowDecoder(new ResultMetadata([.. types.Select((type, i) => new ColumnDefinition("ks", "t", $"c{i}", type, i))]), Registry);
    }

    /// <summary>Cells as the protocol has them: a length and the content, -1 for null (native protocol v5 §4.2.5.2).</summary>
    private static byte[] Bytes(object?[][] rows)
    {
        using var stream = new MemoryStream();
        foreach (var value in rows.SelectMany(row => row))
        {
            var content = value switch
            {
                null => null,
                long number => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number)),
                int number => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number)),
                double number => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(BitConverter.DoubleToInt64Bits(number))),
                DateTimeOffset time => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(time.ToUnixTimeMilliseconds())),
                string text => Encoding.UTF8.GetBytes(text),
                _ => throw new InvalidOperationException($"{value.GetType()} is not written here."),
            };
            stream.Write(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(content?.Length ?? -1)));
            stream.Write(content ?? []);
        }

        return stream.ToArray();
    }
}
