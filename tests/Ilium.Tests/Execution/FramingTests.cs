using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>How the requests of a connection lie in the bytes it sends, and how it takes answers that are laid out in every allowed way.</summary>
public class FramingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    public async Task In_v5_options_and_startup_are_bare_and_all_that_follows_is_in_segments(Compression compression)
    {
        await using var driver = new ScriptedCluster(
            Options(5, compression) with { AuthProvider = new PlainTextAuthProvider("ann", "x") },
            new ScriptedServerOptions { Credentials = ("ann", "x") });
        var watched = Watch(driver);
        var (session, read) = await driver.ConnectAsync();
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        ReadOnlyMemory<byte> rest = watched[0].Sent;
        foreach (var opcode in new[] { WireOpcode.Options, WireOpcode.Startup })
        {
            var bare = WireEnvelope.TryParse(rest, out var length)!;
            Assert.Equal((5, opcode, WireFlags.None), (bare.Version, bare.Opcode, bare.Flags));
            rest = rest[length..];
        }

        var segments = Segments(rest, compression == Compression.Lz4);
        Assert.Equal(WireOpcode.AuthResponse, Assert.Single(Envelopes(segments[0])).Opcode);
        Assert.All(segments, s => Assert.True(s.IsSelfContained));
        Assert.All(segments.SelectMany(Envelopes), e => Assert.Equal((5, WireFlags.None), (e.Version, e.Flags)));
        Assert.Equal(WireOpcode.Execute, segments.SelectMany(Envelopes).Last().Opcode);
    }

    [Fact]
    public async Task A_heartbeat_in_v5_is_in_a_segment_although_options_was_bare_before()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(5) with { TimeProvider = time });
        var watched = Watch(driver);
        await driver.ConnectAsync();
        var before = watched[0].Sent.Length;
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(31));
        await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Options), 2, Cancelled);
        var segment = Assert.Single(Segments(watched[0].Sent.AsMemory(before), lz4: false));
        Assert.Equal(WireOpcode.Options, Assert.Single(Envelopes(segment)).Opcode);
        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    public async Task Requests_that_gather_leave_in_one_segment_and_their_answers_come_in_one(Compression compression)
    {
        const int Flows = 100;
        await using var driver = new ScriptedCluster(Options(5, compression));
        var watched = Watch(driver);
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        // The second request of each flow is sent by the continuation of the first: all of them while the reader is busy with one segment.
        var flows = Enumerable.Range(0, Flows).Select(FlowAsync).ToArray();
        var first = await held.NextAsync(Flows, Cancelled);
        var before = watched[0].Sent.Length;
        first[0].Connection.Together(() =>
        {
            foreach (var request in first)
            {
                ScriptedCluster.Echo(request);
            }
        });
        var second = await held.NextAsync(Flows, Cancelled);
        var segments = Segments(watched[0].Sent.AsMemory(before), compression == Compression.Lz4);
        Assert.Equal(Flows, segments.Sum(s => Envelopes(s).Count));
        // One, unless the machine was so slow that the reader sent what it had in between.
        Assert.InRange(segments.Count, 1, 10);
        first[0].Connection.Together(() =>
        {
            foreach (var request in second)
            {
                ScriptedCluster.Echo(request);
            }
        });
        Assert.Equal(Enumerable.Range(0, Flows), await Task.WhenAll(flows));

        async Task<int> FlowAsync(int key)
        {
            await session.ExecuteAsync(read.Bind(-key - 1), cancellationToken: Cancelled).ConfigureAwait(false);
            return (await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled).ConfigureAwait(false)).First().Get<int>(0);
        }
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    public async Task A_large_request_is_cut_at_exactly_the_most_a_segment_takes_and_the_next_one_begins_another(Compression compression)
    {
        await using var driver = new ScriptedCluster(Options(5, compression));
        var watched = Watch(driver);
        var (session, read) = await driver.ConnectAsync();
        var before = watched[0].Sent.Length;
        var text = "large " + new string('x', 300_000);
        await session.ExecuteAsync(text, cancellationToken: Cancelled);
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var segments = Segments(watched[0].Sent.AsMemory(before), compression == Compression.Lz4);
        // Header, length of the text, text, consistency, flags, page size and timestamp.
        var envelope = 9 + 4 + text.Length + 2 + 4 + 4 + 8;
        Assert.Equal([131_071, 131_071, envelope - (2 * 131_071)], segments.Take(3).Select(s => s.Payload.Length));
        Assert.Equal([false, false, false, true], segments.Select(s => s.IsSelfContained));
        Assert.Equal(WireOpcode.Execute, Assert.Single(Envelopes(segments[3])).Opcode);
        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(Compression.None, 1)]
    [InlineData(Compression.None, 8)]
    [InlineData(Compression.None, 9)]
    [InlineData(Compression.Lz4, 5)]
    [InlineData(Compression.Lz4, 100)]
    public async Task Answers_and_events_may_be_sliced_anywhere(Compression compression, int slice)
    {
        await using var driver = new ScriptedCluster(Options(5, compression));
        var (session, read) = await driver.ConnectAsync();
        var connection = driver.Server.Connections[0];
        connection.MaxSegmentPayload = slice;
        for (var i = 0; i < 10; i++)
        {
            connection.SendEvent(ResponseBodies.SchemaChangeEvent("UPDATED", "TABLE", "ks", "t"));
            Assert.Equal(i, (await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled)).First().Get<int>(0));
        }

        Assert.Single(driver.Server.Connections);
    }

    [Theory]
    [MemberData(nameof(BytesFaultTests.Dialects), MemberType = typeof(BytesFaultTests))]
    public async Task A_peer_that_takes_a_byte_at_a_time_and_often_none_gets_every_request_whole(int version, Compression compression)
    {
        await using var driver = new ScriptedCluster(Options(version, compression));
        var watched = new List<WatchedTransport>();
        driver.Transports.Wrap = inner =>
        {
            watched.Add(new WatchedTransport(inner, mostBytes: 1, refusesEvery: 5));
            return watched[^1];
        };
        var (session, read) = await driver.ConnectAsync();
        var pending = Enumerable.Range(0, 50).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        Assert.Equal(Enumerable.Range(0, 50), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        var text = "void " + new string('y', 3_000);
        Assert.Empty(await session.ExecuteAsync(text, cancellationToken: Cancelled));
        Assert.Equal(text, driver.Server.Requests[^1].Cql);
        Assert.True(watched[0].Waits > 100);
        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(3, Compression.Lz4)]
    [InlineData(4, Compression.Snappy)]
    public async Task Before_v5_the_flag_of_each_envelope_says_whether_it_is_compressed(int version, Compression compression)
    {
        await using var driver = new ScriptedCluster(Options(version, compression));
        var (session, read) = await driver.ConnectAsync();
        await session.ExecuteAsync("void " + new string('z', 2_000), cancellationToken: Cancelled);
        Assert.Equal(WireFlags.Compressed, driver.Server.Requests[^1].Flags);
        foreach (var compress in new[] { true, false, true })
        {
            driver.Server.On(ScriptedCluster.IsRead, r => r.Rows(ScriptedCluster.Value, [[r.Values[0].Bytes]], options: new ReplyOptions { Compress = compress }));
            Assert.Equal(6, (await session.ExecuteAsync(read.Bind(6), cancellationToken: Cancelled)).First().Get<int>(0));
        }

        // Too small to be worth it.
        Assert.Equal(WireFlags.None, driver.Server.Requests[^1].Flags);
        Assert.All(driver.Server.Requests.Where(r => r.Is(WireOpcode.Options) || r.Is(WireOpcode.Startup)), r => Assert.Equal(WireFlags.None, r.Flags));
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_slice_that_never_came_breaks_the_connection_with_the_next_answer()
    {
        await using var driver = new ScriptedCluster(Options(5));
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) < 10);
        var first = session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled).AsTask();
        var second = session.ExecuteAsync(read.Bind(2), ScriptedCluster.NotTwice, Cancelled).AsTask();
        var requests = await held.NextAsync(2, Cancelled);
        byte[] envelope = [0x85, 0, 0, (byte)requests[0].StreamId, 8, 0, 0, 1, 0, .. new byte[256]];
        requests[0].Raw(new WireSegment(envelope.AsMemory(0, 100), IsSelfContained: false).ToArray(lz4: false));
        ScriptedCluster.Echo(requests[1]);
        foreach (var request in new[] { first, second })
        {
            var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => request);
            Assert.Contains("where the next slice of an envelope was due", failure.InnerException!.Message, StringComparison.Ordinal);
            Assert.True(failure.MayHaveBeenApplied);
        }

        Assert.Equal(11, (await session.ExecuteAsync(read.Bind(11), new ExecutionOptions { IsIdempotent = true }, Cancelled)).First().Get<int>(0));
    }

    private static List<WatchedTransport> Watch(ScriptedCluster driver)
    {
        var watched = new List<WatchedTransport>();
        driver.Transports.Wrap = inner =>
        {
            watched.Add(new WatchedTransport(inner));
            return watched[^1];
        };
        return watched;
    }

    private static List<WireSegment> Segments(ReadOnlyMemory<byte> bytes, bool lz4)
    {
        var segments = new List<WireSegment>();
        while (!bytes.IsEmpty)
        {
            segments.Add(Assert.IsType<WireSegment>(WireSegment.TryParse(bytes, lz4, out var length)));
            bytes = bytes[length..];
        }

        return segments;
    }

    private static List<WireEnvelope> Envelopes(WireSegment segment)
    {
        var envelopes = new List<WireEnvelope>();
        for (var rest = segment.Payload; !rest.IsEmpty;)
        {
            envelopes.Add(Assert.IsType<WireEnvelope>(WireEnvelope.TryParse(rest, out var length)));
            rest = rest[length..];
        }

        return envelopes;
    }

    private static ClusterOptions Options(int version, Compression compression = Compression.None) =>
        new() { ProtocolVersion = (ProtocolVersion)version, Compression = compression };
}
