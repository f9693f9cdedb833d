using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>What a connection does with bytes that are cut, split or wrong.</summary>
public class BytesFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<int, Compression> Dialects => new()
    {
        { 3, Compression.None }, { 3, Compression.Lz4 }, { 3, Compression.Snappy },
        { 4, Compression.None }, { 4, Compression.Lz4 }, { 4, Compression.Snappy },
        { 5, Compression.None }, { 5, Compression.Lz4 },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task One_byte_at_a_time_both_ways_gives_the_same_answers(int version, Compression compression)
    {
        await using var driver = new ScriptedCluster(
            Options(version, compression), streams: new DuplexOptions { ClientMaxBytesPerRead = 1, ServerMaxBytesPerRead = 1 });
        var (session, read) = await driver.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            var rows = await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled);
            Assert.Equal(i, rows.First().Get<int>(0));
        }

        var text = new string('x', 2_000);
        var blob = Enumerable.Range(0, 2_000).Select(i => (byte)(i * 7)).ToArray();
        driver.Server.On(r => r.Mentions(text), r => r.Rows([new("b", TypeBytes.Blob)], [[blob]]));
        Assert.Equal(blob, (await session.ExecuteAsync($"SELECT b FROM t -- {text}".ToString(), cancellationToken: Cancelled)).First().Get<byte[]>(0));
        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Large_answers_and_requests_are_cut_and_joined_in_any_split(int version, Compression compression)
    {
        var random = new Random(version * 10 + (int)compression);
        await using var driver = new ScriptedCluster(Options(version, compression), streams: new DuplexOptions { ClientMaxBytesPerRead = random.Next(5_000, 90_000) });
        var (session, _) = await driver.ConnectAsync();
        driver.Server.Connections[0].MaxSegmentPayload = random.Next(2_000, 131_071);
        foreach (var size in new[] { 127_000, 131_071, 300_000, 1_000_000 })
        {
            var blob = new byte[size];
            random.NextBytes(blob);
            blob.AsSpan(size / 2).Clear();
            using var handler = driver.Server.On(r => r.Mentions($"blob{size}"), r => r.Rows([new("b", TypeBytes.Blob)], [[blob]]));
            var rows = await session.ExecuteAsync(new SimpleStatement($"SELECT blob{size} -- {new string('y', size)}"), cancellationToken: Cancelled);
            Assert.Equal(blob, rows.First().Get<byte[]>(0));
        }

        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_connection_cut_at_any_byte_of_an_answer_fails_its_request_and_is_replaced(int version, Compression compression)
    {
        await using var driver = new ScriptedCluster(Options(version, compression));
        var (session, read) = await driver.ConnectAsync();
        // In the segment's header, the envelope's, the body, the trailer.
        foreach (var bytes in new[] { 1, 5, 8, 12, 17, 30 })
        {
            driver.Server.Once(ScriptedCluster.IsRead, request =>
            {
                request.Connection.CloseAfter(bytes);
                ScriptedCluster.Echo(request);
            });
            var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
            Assert.True(failure.MayHaveBeenApplied);
            Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
        }
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public async Task An_idempotent_request_outlives_the_connection_that_was_cut(int version, bool synchronous)
    {
        await using var driver = new ScriptedCluster(Options(version));
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            request.Connection.CloseAfter(3);
            ScriptedCluster.Echo(request);
        });
        var options = new ExecutionOptions { IsIdempotent = true };
        var rows = synchronous ? session.Execute(read.Bind(7), options) : await session.ExecuteAsync(read.Bind(7), options, Cancelled);
        Assert.Equal(7, rows.First().Get<int>(0));
        Assert.Equal(2, driver.Server.Connections.Count);
    }

    [Theory]
    [InlineData(Compression.None, true)]
    [InlineData(Compression.None, false)]
    [InlineData(Compression.Lz4, true)]
    [InlineData(Compression.Lz4, false)]
    public async Task A_flipped_check_sum_breaks_the_connection_and_fails_what_it_carried(Compression compression, bool crc24)
    {
        await using var driver = new ScriptedCluster(Options(5, compression));
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            if (crc24)
            {
                request.Connection.CorruptNextSegmentCrc24();
            }
            else
            {
                request.Connection.CorruptNextSegmentCrc32();
            }

            ScriptedCluster.Echo(request);
        });
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
        Assert.IsType<MalformedResponseException>(failure.InnerException);
        Assert.True(failure.MayHaveBeenApplied);
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    public static TheoryData<string, string> WrongEnvelopes => new()
    {
        // version, flags, stream, opcode, length
        { "negative length", "84 00 0001 08 FFFFFFFF" },
        { "length beyond the cap", "84 00 0001 08 7FFFFFFF" },
        { "request where an answer is due", "04 00 0001 08 00000000" },
        { "another version", "85 00 0001 08 00000004 00000001" },
        { "version 1", "81 00 01 08 00000004 00000001" },
        { "a free stream", "84 00 7FFF 08 00000004 00000001" },
        { "a negative stream that is no event", "84 00 FFFF 08 00000004 00000001" },
        { "a stream below -1", "84 00 FFFE 0C 00000004 00000001" },
        { "compressed without agreement", "84 01 7FFE 08 00000004 00000001" },
        { "http", "48 54 54 50 2F 31 2E 31 20 34 30 30" },
        { "a TLS alert", "15 03 03 00 02 02 46" },
    };

    [Theory]
    [MemberData(nameof(WrongEnvelopes))]
    public async Task Bytes_that_are_no_answer_break_the_connection_with_the_reason(string what, string hex)
    {
        await using var driver = new ScriptedCluster(Options(4));
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request => request.Raw(Convert.FromHexString(hex.Replace(" ", ""))));
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
        Assert.True(failure.InnerException is MalformedResponseException, $"{what}: {failure.InnerException}");
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Theory]
    [InlineData(Compression.Lz4, "00001000 FFFFFFFFFFFFFFFF")]
    [InlineData(Compression.Lz4, "FFFFFFFF 00")]
    [InlineData(Compression.Lz4, "0000")]
    [InlineData(Compression.Lz4, "00000005 10 41")]
    [InlineData(Compression.Snappy, "FFFFFFFFFFFF")]
    [InlineData(Compression.Snappy, "05 FF")]
    public async Task Compressed_garbage_breaks_the_connection(Compression compression, string hex)
    {
        await using var driver = new ScriptedCluster(Options(4, compression));
        var (session, read) = await driver.ConnectAsync();
        var body = Convert.FromHexString(hex.Replace(" ", ""));
        driver.Server.Once(ScriptedCluster.IsRead, request => request.Raw(
            [0x84, 0x01, (byte)(request.StreamId >> 8), (byte)request.StreamId, 0x08, 0, 0, 0, (byte)body.Length, .. body]));
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
        Assert.IsType<MalformedResponseException>(failure.InnerException);
    }

    [Fact]
    public async Task A_segment_of_lz4_garbage_with_right_check_sums_breaks_the_connection()
    {
        await using var driver = new ScriptedCluster(Options(5, Compression.Lz4));
        var (session, read) = await driver.ConnectAsync();
        var payload = new byte[] { 0xFF, 0xFF, 0xFF, 0x01, 0x00 };
        var fields = (ulong)payload.Length | (1_000UL << 17) | (1UL << 34);
        var header = Enumerable.Range(0, 5).Select(i => (byte)(fields >> (8 * i))).ToArray();
        var crc24 = WireChecksum.Crc24(header);
        var crc32 = WireChecksum.Crc32(payload);
        driver.Server.Once(ScriptedCluster.IsRead, request => request.Raw(
            [.. header, (byte)crc24, (byte)(crc24 >> 8), (byte)(crc24 >> 16), .. payload, (byte)crc32, (byte)(crc32 >> 8), (byte)(crc32 >> 16), (byte)(crc32 >> 24)]));
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
        Assert.IsType<MalformedResponseException>(failure.InnerException);
    }

    [Theory]
    [InlineData("self-contained in the middle of slices")]
    [InlineData("half an envelope in a self-contained segment")]
    [InlineData("an envelope header cut by a self-contained segment")]
    [InlineData("a slice too long")]
    public async Task Segments_that_break_the_rules_break_the_connection(string what)
    {
        await using var driver = new ScriptedCluster(Options(5));
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            byte[] envelope = [0x85, 0, (byte)(request.StreamId >> 8), (byte)request.StreamId, 8, 0, 0, 0, 4, 0, 0, 0, 1];
            byte[] wrong = what switch
            {
                "self-contained in the middle of slices" => [.. Segment(envelope[..10], false), .. Segment(envelope, true)],
                "half an envelope in a self-contained segment" => Segment(envelope[..12], true),
                "an envelope header cut by a self-contained segment" => Segment(envelope[..8], true),
                _ => [.. Segment(envelope[..10], false), .. Segment([.. envelope[10..], 0], false)],
            };
            request.Raw(wrong);
        });
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(async () => await session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled));
        Assert.IsType<MalformedResponseException>(failure.InnerException);
    }

    [Fact]
    public async Task An_empty_slice_and_an_empty_segment_are_let_through()
    {
        await using var driver = new ScriptedCluster(Options(5));
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            byte[] envelope = [0x85, 0, (byte)(request.StreamId >> 8), (byte)request.StreamId, 8, 0, 0, 0, 4, 0, 0, 0, 1];
            request.Raw([.. Segment([], true), .. Segment(envelope[..3], false), .. Segment([], false), .. Segment(envelope[3..], false)]);
        });
        Assert.Empty(await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
    }

    private static byte[] Segment(byte[] payload, bool selfContained) => new WireSegment(payload, selfContained).ToArray(lz4: false);

    private static ClusterOptions Options(int version, Compression compression = Compression.None) =>
        new() { ProtocolVersion = (ProtocolVersion)version, Compression = compression, RequestTimeout = TimeSpan.FromSeconds(10) };
}
