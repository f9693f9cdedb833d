using System.Net;
using Ilium.TestKit;

namespace Ilium.Tests.TestKit;

public class ScriptedServerTests
{
    private static readonly ColumnSpec[] OneInt = [new("v", TypeBytes.Int)];

    public static TheoryData<int, WireCompression> Dialects => new()
    {
        { 3, WireCompression.None }, { 3, WireCompression.Lz4 }, { 3, WireCompression.Snappy },
        { 4, WireCompression.None }, { 4, WireCompression.Lz4 }, { 4, WireCompression.Snappy },
        { 5, WireCompression.None }, { 5, WireCompression.Lz4 },
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_client_starts_up_and_finds_the_node_in_every_dialect(int version, WireCompression compression)
    {
        await using var server = new ScriptedServer();
        using var client = new RawClient(server.Connect(new DuplexOptions { ClientMaxBytesPerRead = 1, ServerMaxBytesPerRead = 3 }), version, compression);
        Assert.Equal(WireOpcode.Supported, client.Ask(WireOpcode.Options, []).Opcode);
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        var rows = client.Query("SELECT data_center, rack, release_version FROM system.local WHERE key='local'");
        var expected = ResponseBodies.Rows(
            [new("data_center", TypeBytes.Text, "system", "local"), new("rack", TypeBytes.Text, "system", "local"), new("release_version", TypeBytes.Text, "system", "local")],
            [[ValueBytes.Text("dc1"), ValueBytes.Text("r1"), ValueBytes.Text("5.0.9")]],
            new RowsOptions());
        Assert.Equal(expected, rows.Body.ToArray());
        Assert.Equal((byte)(0x80 | version), rows.VersionByte);
        Assert.Equal(ResponseBodies.Void(), client.Query("INSERT").Body.ToArray());
        Assert.Equal([WireOpcode.Options, WireOpcode.Startup, WireOpcode.Query, WireOpcode.Query], server.Requests.Select(r => r.Opcode));
        server.ThrowIfViolated();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_large_request_and_a_large_answer_are_cut_and_joined(int version, WireCompression compression)
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, version, compression);
        var text = string.Create(400_000, 11, (span, seed) =>
        {
            var random = new Random(seed);
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)random.Next('a', 'z');
            }
        });
        server.On(r => r.Cql == text, r => r.Rows([new("v", TypeBytes.Text)], [[ValueBytes.Text(text)]]));
        var answer = client.Query(text);
        Assert.Equal(ResponseBodies.Rows([new("v", TypeBytes.Text)], [[ValueBytes.Text(text)]], new RowsOptions()), answer.Body.ToArray());
    }

    [Fact]
    public async Task Request_parts_are_parsed_in_the_order_of_the_specification()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        var body = new WireWriter().LongString("Q").Short(6).Int(0x1FF)
            .Short(3).String("a").Bytes([7]).String("b").Int(-1).String("c").Int(-2)
            .Int(50).Bytes([9, 9]).Short(8).Long(123).String("ks").Int(77).ToArray();
        client.Ask(WireOpcode.Query, body, 12);
        var request = server.Requests[^1];
        Assert.Equal((12, 5, "Q"), (request.StreamId, request.Version, request.Cql));
        var parts = request.Parts;
        Assert.Equal(((ushort)6, true, (int?)50), (parts.Consistency, parts.SkipMetadata, parts.PageSize));
        Assert.Equal(((ushort?)8, (long?)123, "ks", (int?)77), (parts.SerialConsistency, parts.Timestamp, parts.Keyspace, parts.NowInSeconds));
        Assert.Equal(["a", "b", "c"], parts.Names);
        Assert.Equal([9, 9], parts.PagingState);
        Assert.Equal([7], parts.Values[0].Bytes);
        Assert.Equal((true, false, false, true), (parts.Values[1].IsNull, parts.Values[1].IsUnset, parts.Values[2].IsNull, parts.Values[2].IsUnset));
    }

    [Fact]
    public async Task Batches_are_parsed()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 4);
        var body = new WireWriter().Byte(1).Short(2)
            .Byte(0).LongString("A").Short(0)
            .Byte(1).ShortBytes([1, 2]).Short(1).Bytes([5])
            .Short(4).Byte(0x20).Long(-5).ToArray();
        var answer = client.Ask(WireOpcode.Batch, body);
        Assert.Equal(WireOpcode.Error, answer.Opcode);
        Assert.Equal(WireError.Unprepared, RawClient.Read(answer).Int());
        var parts = server.Requests[^1].Parts;
        Assert.Equal(((byte)1, (ushort)4, -5L), (parts.BatchType, parts.Consistency, parts.Timestamp));
        Assert.Equal("A", parts.Entries[0].Cql);
        Assert.Equal([1, 2], parts.Entries[1].PreparedId);
        Assert.Equal([5], parts.Entries[1].Values[0].Bytes);
    }

    [Fact]
    public async Task A_defined_statement_is_prepared_executed_changed_and_forgotten()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        var statement = new ServerStatement { Bind = [new("k", TypeBytes.Int)], Result = OneInt, Rows = [[ValueBytes.Int(4)]], PartitionKey = [0] };
        server.Define("S", statement);
        var prepared = RawClient.Read(client.Ask(WireOpcode.Prepare, new WireWriter().LongString("S").Int(0).ToArray()));
        Assert.Equal(4, prepared.Int());
        var id = prepared.ShortBytes();
        var metadataId = prepared.ShortBytes();
        Assert.Equal(statement.ResultMetadataId, metadataId);
        Assert.Equal((1, 1, 1, 0), (prepared.Int(), prepared.Int(), prepared.Int(), prepared.Short()));

        // Skip metadata, with the id that PREPARE gave: no columns come back.
        var execute = new WireWriter().ShortBytes(id).ShortBytes(metadataId).Short(1).Int(2).ToArray();
        Assert.Equal(ResponseBodies.Rows(OneInt, statement.Rows, new RowsOptions { NoMetadata = true }), client.Ask(WireOpcode.Execute, execute).Body.ToArray());
        Assert.Equal("S", server.Requests[^1].Cql);

        ColumnSpec[] two = [.. OneInt, new("w", TypeBytes.Text)];
        var changed = statement with { Result = two, Rows = [[ValueBytes.Int(4), null]] };
        server.Define("S", changed);
        Assert.NotEqual(metadataId, changed.ResultMetadataId);
        Assert.Equal(
            ResponseBodies.Rows(two, changed.Rows, new RowsOptions { NewMetadataId = changed.ResultMetadataId }),
            client.Ask(WireOpcode.Execute, execute).Body.ToArray());

        server.ForgetPrepared();
        var unprepared = RawClient.Read(client.Ask(WireOpcode.Execute, execute));
        Assert.Equal(WireError.Unprepared, unprepared.Int());
        Assert.Equal("Prepared query not found", unprepared.String());
        Assert.Equal(id, unprepared.ShortBytes());
    }

    [Fact]
    public async Task Held_requests_are_answered_out_of_order_and_a_gate_holds_an_answer()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        var held = server.Hold(r => r.Cql == "H");
        client.Send(WireOpcode.Query, client.QueryBody("H"), 1);
        client.Send(WireOpcode.Query, client.QueryBody("H"), 2);
        var requests = await held.NextAsync(2, Cancelled);
        var gate = new TaskCompletionSource();
        requests[0].ReplyWhen(gate.Task, r => r.Void());
        requests[1].SetKeyspace("k");
        Assert.Equal(2, client.Receive().StreamId);
        gate.SetResult();
        Assert.Equal(1, client.Receive().StreamId);
    }

    [Fact]
    public async Task Answers_given_together_share_a_segment_and_small_segments_split_headers()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        var held = server.Hold(r => r.Cql == "H");
        client.Send(WireOpcode.Query, client.QueryBody("H"), 1);
        client.Send(WireOpcode.Query, client.QueryBody("H"), 2);
        var requests = await held.NextAsync(2, Cancelled);
        var before = client.Received.Length;
        requests[0].Connection.Together(() =>
        {
            requests[0].Void();
            requests[1].Void();
        });
        Assert.Equal([1, 2], new[] { client.Receive().StreamId, client.Receive().StreamId });
        Assert.Equal(before + 6 + (2 * 13) + 4, client.Received.Length);

        server.Connections[0].MaxSegmentPayload = 5;
        server.Connections[0].SplitWrites(1);
        Assert.Equal(ResponseBodies.Void(), client.Query("X").Body.ToArray());
        server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_corrupted_segment_is_one_segment_only(bool header)
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        server.On(r => r.Cql == "bad", r =>
        {
            if (header)
            {
                r.Connection.CorruptNextSegmentCrc24();
            }
            else
            {
                r.Connection.CorruptNextSegmentCrc32();
            }

            r.Void();
        });
        Assert.Equal(WireOpcode.Result, client.Query("good").Opcode);
        var failure = Assert.Throws<WireViolationException>(() => client.Query("bad"));
        Assert.StartsWith(header ? "CRC24" : "CRC32", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_can_be_cut_inside_a_message_or_reset()
    {
        await using var server = new ScriptedServer();
        using var cut = Started(server, 4);
        server.Connections[0].CloseAfter(5);
        Assert.Equal("The server closed the connection inside a message.", Assert.Throws<EndOfStreamException>(() => cut.Query("X")).Message);
        await server.Connections[0].Closed;

        using var reset = Started(server, 4);
        server.Connections[1].Reset();
        Assert.Throws<IOException>(() => reset.Query("X"));
    }

    [Fact]
    public async Task Events_go_to_connections_that_registered()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        Assert.Equal(WireOpcode.Ready, client.Ask(WireOpcode.Register, new WireWriter().StringList(["STATUS_CHANGE"]).ToArray()).Opcode);
        server.SendEvent(ResponseBodies.SchemaChangeEvent("CREATED", "KEYSPACE", "k"));
        server.SendEvent(ResponseBodies.NodeEvent("STATUS_CHANGE", "DOWN", IPEndPoint.Parse("127.0.0.9:9042")));
        var received = client.Receive();
        Assert.Equal((WireOpcode.Event, (short)-1), (received.Opcode, received.StreamId));
        var reader = RawClient.Read(received);
        Assert.Equal(("STATUS_CHANGE", "DOWN", "127.0.0.9:9042"), (reader.String(), reader.String(), reader.Inet().ToString()));
    }

    [Fact]
    public async Task Credentials_are_asked_for_and_checked()
    {
        await using var server = new ScriptedServer(new ScriptedServerOptions { Credentials = ("u", "p") });
        using var client = new RawClient(server.Connect(), 5);
        Assert.Equal(WireOpcode.Authenticate, client.Startup().Opcode);
        Assert.Equal(WireError.BadCredentials, RawClient.Read(client.Ask(WireOpcode.AuthResponse, new WireWriter().Bytes("\0u\0x"u8.ToArray()).ToArray())).Int());
        Assert.Equal(WireOpcode.AuthSuccess, client.Ask(WireOpcode.AuthResponse, new WireWriter().Bytes("\0u\0p"u8.ToArray()).ToArray()).Opcode);
    }

    [Theory]
    [InlineData(false, 0x84)]
    [InlineData(true, 0x85)]
    public async Task An_unsupported_version_is_refused_in_the_version_the_test_wants(bool echo, byte versionByte)
    {
        await using var server = new ScriptedServer(new ScriptedServerOptions { Versions = [3, 4], EchoesRefusedVersion = echo });
        using var client = new RawClient(server.Connect(), 5);
        var answer = client.Startup();
        Assert.Equal((WireOpcode.Error, versionByte), (answer.Opcode, answer.VersionByte));
        var reader = RawClient.Read(answer);
        Assert.Equal((WireError.Protocol, "Invalid or unsupported protocol version (5); supported versions are (3/v3, 4/v4)"), (reader.Int(), reader.String()));
    }

    [Fact]
    public async Task Using_a_stream_again_before_its_answer_is_a_violation()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        server.Hold(r => r.Cql == "H");
        client.Send(WireOpcode.Query, client.QueryBody("H"), 3);
        client.Send(WireOpcode.Query, client.QueryBody("X"), 3);
        await server.Connections[0].Closed;
        Assert.Contains("Stream 3 was used again before its answer.", Assert.Single(server.Violations).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WireFlags.Compressed)]
    [InlineData(WireFlags.Beta)]
    public async Task Flags_that_v5_forbids_are_violations(WireFlags flags)
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 5);
        client.Send(WireOpcode.Query, client.QueryBody("X"), 0, flags);
        await server.Connections[0].Closed;
        Assert.Single(server.Violations);
    }

    [Fact]
    public async Task Warnings_tracing_and_payload_come_before_the_body_in_that_order()
    {
        await using var server = new ScriptedServer();
        using var client = Started(server, 4);
        var id = new Guid("01020304-0506-0708-090a-0b0c0d0e0f10");
        server.Once(r => r.Cql == "X", r => r.Void(new ReplyOptions
        {
            TracingId = id,
            Warnings = ["w"],
            CustomPayload = new Dictionary<string, byte[]?> { ["k"] = [1] },
        }));
        var answer = client.Query("X");
        Assert.Equal(WireFlags.Tracing | WireFlags.Warning | WireFlags.CustomPayload, answer.Flags);
        Assert.Equal("0102030405060708090A0B0C0D0E0F10" + "0001000177" + "000100016B0000000101" + "00000001", Convert.ToHexString(answer.Body.Span));
        Assert.Equal(ResponseBodies.Void(), client.Query("X").Body.ToArray());
    }

    [Fact]
    public async Task A_paused_server_takes_nothing_and_goes_on_when_resumed()
    {
        await using var server = new ScriptedServer();
        var (stream, serverEnd) = DuplexStream.CreatePair(new DuplexOptions { ClientToServerCapacity = 16 });
        server.Serve(serverEnd);
        using var client = new RawClient(stream, 4);
        client.Startup();
        await serverEnd.WhenReadBlocksAsync(Cancelled).WaitAsync(server.Options.Patience, Cancelled);
        server.Connections[0].PauseReading();
        var before = stream.BytesWritten;
        var asked = Task.Factory.StartNew(() => client.Query(new string('X', 100)), Cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // One read is under way when the server pauses; after that the stream fills up.
        await stream.WhenWrittenAsync(before + 32, Cancelled).WaitAsync(server.Options.Patience, Cancelled);
        await stream.WhenWriteBlocksAsync(Cancelled).WaitAsync(server.Options.Patience, Cancelled);
        Assert.Equal(before + 32, stream.BytesWritten);
        server.Connections[0].ResumeReading();
        Assert.Equal(WireOpcode.Result, (await asked).Opcode);
    }

    private static RawClient Started(ScriptedServer server, int version, WireCompression compression = WireCompression.None)
    {
        var client = new RawClient(server.Connect(), version, compression);
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        return client;
    }
}
