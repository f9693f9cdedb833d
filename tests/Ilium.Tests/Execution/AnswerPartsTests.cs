using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Everything an answer may carry besides its result, and what a result may be, as the caller sees it.</summary>
public class AnswerPartsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(BytesFaultTests.Dialects), MemberType = typeof(BytesFaultTests))]
    public async Task Tracing_id_warnings_and_payload_reach_the_caller(int version, Compression compression)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, Compression = compression });
        var (session, read) = await driver.ConnectAsync();
        var trace = Guid.NewGuid();
        var modern = version >= 4;
        var warning = new string('w', 400);
        driver.Server.On(ScriptedCluster.IsRead, r => r.Rows(ScriptedCluster.Value, [[r.Values[0].Bytes]], options: new ReplyOptions
        {
            TracingId = trace,
            Warnings = modern ? ["first", warning] : null,
            CustomPayload = modern ? new Dictionary<string, byte[]?> { ["k"] = [1, 2], ["none"] = null } : null,
        }));
        var options = new ExecutionOptions { Tracing = true, Payload = modern ? new Dictionary<string, ReadOnlyMemory<byte>> { ["p"] = new byte[] { 9 } } : null };
        var rows = await session.ExecuteAsync(read.Bind(3), options, Cancelled);
        Assert.Equal(3, rows.First().Get<int>(0));
        Assert.Equal(trace, rows.Info.TracingId);
        Assert.Equal(modern ? ["first", warning] : [], rows.Info.Warnings);
        Assert.Equal(modern ? ["k", "none"] : [], rows.Info.Payload.Keys);
        var sent = Assert.Single(driver.Server.Requests, ScriptedCluster.IsRead);
        Assert.True(sent.IsTraced);
        Assert.Equal(modern ? [9] : null, sent.CustomPayload?["p"]);
        if (modern)
        {
            Assert.Equal([1, 2], rows.Info.Payload["k"]);
            Assert.Empty(rows.Info.Payload["none"]);
        }

        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Warnings_come_with_errors_too(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, _) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("wrong"), r => r.Error(WireError.Invalid, "no", options: new ReplyOptions { Warnings = ["and mind the gap"] }));
        var error = await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.ExecuteAsync("wrong", cancellationToken: Cancelled));
        Assert.Equal(["and mind the gap"], error.Warnings);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Every_error_is_its_type_names_its_node_and_leaves_the_connection_alone(int version)
    {
        (int Code, string Extra, Type Type)[] all =
        [
            (WireError.Server, "", typeof(ServerErrorException)),
            (WireError.Protocol, "", typeof(ProtocolErrorException)),
            (WireError.BadCredentials, "", typeof(AuthenticationFailedException)),
            (WireError.Unavailable, "00040000000200000001", typeof(UnavailableException)),
            (WireError.Overloaded, "", typeof(OverloadedException)),
            (WireError.IsBootstrapping, "", typeof(IsBootstrappingException)),
            (WireError.Truncate, "", typeof(TruncateException)),
            (WireError.WriteTimeout, "00040000000100000002000653494D504C45", typeof(WriteTimeoutException)),
            (WireError.ReadTimeout, "0004000000010000000201", typeof(ReadTimeoutException)),
            (WireError.ReadFailure, version < 5 ? "000400000001000000020000000101" : "0004000000010000000200000001040A000001000101", typeof(ReadFailureException)),
            (WireError.FunctionFailure, "00026B7300016600010003696E74", typeof(FunctionFailureException)),
            (WireError.WriteFailure, "00040000000100000002000000000005424154434800", typeof(WriteFailureException)),
            (WireError.CdcWriteFailure, "", typeof(CdcWriteFailureException)),
            (WireError.CasWriteUnknown, "00080000000100000002", typeof(CasWriteUnknownException)),
            (WireError.Syntax, "", typeof(SyntaxErrorException)),
            (WireError.Unauthorized, "", typeof(UnauthorizedException)),
            (WireError.Invalid, "", typeof(InvalidQueryException)),
            (WireError.Config, "", typeof(ConfigurationErrorException)),
            (WireError.AlreadyExists, "00026B73000174", typeof(AlreadyExistsException)),
            (WireError.Unprepared, "0003010203", typeof(UnpreparedException)),
            (0x1234, "FFFF", typeof(ServerErrorException)),
        ];
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        foreach (var (code, extra, type) in all)
        {
            using var handler = driver.Server.On(r => r.Mentions("wrong"), r => r.Error(code, "why", Convert.FromHexString(extra)));
            var thrown = await Record.ExceptionAsync(async () => await session.ExecuteAsync("wrong", cancellationToken: Cancelled));
            var error = Assert.IsAssignableFrom<ServerException>(thrown);
            Assert.IsType(type, error);
            Assert.Equal((code, "why", "127.0.0.1:9042"), (error.Code, error.ServerMessage, $"{error.Node}"));
        }

        Assert.Equal(5, (await session.ExecuteAsync(read.Bind(5), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Single(driver.Server.Connections);
        driver.Server.ThrowIfViolated();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_overloaded_server_that_says_so_fails_the_request_and_keeps_its_connection(bool asked)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ThrowOnOverload = asked });
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, r => r.Error(WireError.Overloaded, "too many requests"));
        var error = await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.True(error.IsTransient);
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Single(driver.Server.Connections);
    }

    [Theory]
    [MemberData(nameof(BytesFaultTests.Dialects), MemberType = typeof(BytesFaultTests))]
    public async Task Bytes_behind_a_known_body_are_ignored(int version, Compression compression)
    {
        byte[] more = [0xDE, 0xAD, 0xBE, 0xEF];
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, Compression = compression });
        var bind = new ServerStatement { Bind = [new("k", TypeBytes.Int)], Result = ScriptedCluster.Value, PartitionKey = [0] };
        driver.Server.On(r => r.Is(WireOpcode.Options), r => r.Send(WireOpcode.Supported, [.. SupportedBody(), .. more]));
        driver.Server.On(r => r.Is(WireOpcode.Startup), r => r.Send(WireOpcode.Ready, more));
        driver.Server.On(r => r.Is(WireOpcode.Prepare), r => r.Send(WireOpcode.Result, [.. ResponseBodies.Prepared(version, [7], bind), .. more]));
        driver.Server.On(r => r.Mentions("nothing"), r => r.Send(WireOpcode.Result, [.. ResponseBodies.Void(), .. more]));
        driver.Server.On(r => r.Mentions("alteration"), r => r.Send(WireOpcode.Result, [.. ResponseBodies.SchemaChange("CREATED", "KEYSPACE", "ks"), .. more]));
        driver.Server.On(r => r.Mentions("error"), r => r.Error(WireError.Unavailable, "m", [0, 4, 0, 0, 0, 2, 0, 0, 0, 1, .. more]));
        driver.Server.On(
            r => r.Is(WireOpcode.Execute),
            r => r.Send(WireOpcode.Result, [.. ResponseBodies.Rows(ScriptedCluster.Value, [[ValueBytes.Int(8)]], new RowsOptions { NoMetadata = r.Parts.SkipMetadata }), .. more]));
        var (session, read) = await driver.ConnectAsync();
        Assert.Equal([8], (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).Select(row => row.Get<int>(0)));
        Assert.Empty(await session.ExecuteAsync("nothing", cancellationToken: Cancelled));
        Assert.Empty(await session.ExecuteAsync("alteration", cancellationToken: Cancelled));
        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await session.ExecuteAsync("error", cancellationToken: Cancelled));
        Assert.Equal((2, 1), (error.Required, error.Alive));
        Assert.Single(driver.Server.Connections);

        byte[] SupportedBody() => new WireWriter().StringMultimap(new Dictionary<string, IReadOnlyList<string>> { ["COMPRESSION"] = ["lz4", "snappy"] }).ToArray();
    }

    [Theory]
    [InlineData("KEYSPACE", null, null)]
    [InlineData("TABLE", "t", null)]
    [InlineData("TYPE", "u", null)]
    [InlineData("FUNCTION", "f", new[] { "int", "text" })]
    [InlineData("AGGREGATE", "a", new string[0])]
    [InlineData("REALM", "r", null)]
    public async Task A_schema_change_of_any_kind_is_an_empty_result(string target, string? name, string[]? arguments)
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("create"), r => r.SchemaChange("CREATED", target, "ks", name, arguments));
        var rows = await session.ExecuteAsync("create", cancellationToken: Cancelled);
        Assert.Equal((0, 0, true), (rows.Count, rows.Columns.Count, rows.WasApplied));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_statement_prepared_without_columns_is_read_with_those_of_each_answer(int version)
    {
        const string Cql = "LIST ROLES";
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, _) = await driver.ConnectAsync();
        var answers = new Queue<ColumnSpec[]>([[new("role", TypeBytes.Text)], [new("super", TypeBytes.Boolean), new("role", TypeBytes.Text)]]);
        driver.Server.On(r => r.Is(WireOpcode.Execute) && r.Cql == Cql, r =>
        {
            var columns = answers.Dequeue();
            r.Rows(columns, [[.. columns.Select(c => c.Name == "role" ? ValueBytes.Text("ann") : [1])]]);
        });
        var list = await session.PrepareAsync(Cql, Cancelled);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("ann", (await session.ExecuteAsync(list.Bind(), cancellationToken: Cancelled)).First().Get<string>("role"));
        }

        Assert.All(driver.Server.Requests.Where(r => r.Is(WireOpcode.Execute)), r => Assert.False(r.Parts.SkipMetadata));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public async Task Columns_are_left_out_only_where_the_server_says_when_they_change(int version, bool skips)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        Assert.Equal(skips, Assert.Single(driver.Server.Requests, ScriptedCluster.IsRead).Parts.SkipMetadata);
    }

    [Fact]
    public async Task Changed_columns_are_adopted_with_their_id_and_answers_under_way_keep_what_they_were_asked_with()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        ColumnSpec[] wider = [new("v", TypeBytes.Text), new("w", TypeBytes.Int)];
        byte[] fresh = [1, 2, 3];
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var second = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled);
        var requests = await held.NextAsync(2, Cancelled);
        requests[0].Rows(wider, [[ValueBytes.Text("new"), ValueBytes.Int(1)]], new RowsOptions { NewMetadataId = fresh });
        Assert.Equal("new", (await first).First().Get<string>("v"));
        // Asked before the change: answered with the columns of then, which the driver must not take for those of now.
        ScriptedCluster.Echo(requests[1]);
        Assert.Equal(2, (await second).First().Get<int>("v"));
        var third = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        var request = await held.NextAsync(Cancelled);
        Assert.Equal(fresh, request.Parts.ResultMetadataId);
        Assert.NotEqual(fresh, requests[1].Parts.ResultMetadataId);
        request.Rows(wider, [[ValueBytes.Text("later"), ValueBytes.Int(4)]]);
        var row = (await third).First();
        Assert.Equal(("later", 4), (row.Get<string>(0), row.Get<int>(1)));
        Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.Prepare));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Empty_pages_however_many_end_only_with_the_last(bool synchronous)
    {
        const int Pages = 5_000;
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("pages"), r =>
        {
            var page = r.Parts.PagingState is { } state ? BitConverter.ToInt32(state) : 0;
            var options = new RowsOptions { PagingState = page < Pages ? BitConverter.GetBytes(page + 1) : null };
            r.Rows(ScriptedCluster.Value, page < Pages ? [] : [[ValueBytes.Int(page)]], options);
        });
        var found = new List<int>();
        if (synchronous)
        {
            found.AddRange(session.Query("SELECT pages").Select(row => row.Get<int>(0)));
        }
        else
        {
            await foreach (var row in session.QueryAsync("SELECT pages", cancellationToken: Cancelled))
            {
                found.Add(row.Get<int>(0));
            }
        }

        Assert.Equal([Pages], found);
        Assert.Equal(Pages + 1, driver.Server.Requests.Count(r => r.Mentions("pages")));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Events_between_answers_disturb_nothing_whatever_they_say(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, 3).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(3, Cancelled);
        var connection = requests[0].Connection;
        connection.Together(() =>
        {
            ScriptedCluster.Echo(requests[0]);
            connection.SendEvent(ResponseBodies.NodeEvent("STATUS_CHANGE", "SIDEWAYS", new(System.Net.IPAddress.Loopback, 9042)));
            ScriptedCluster.Echo(requests[1]);
            connection.SendEvent(new WireWriter().String("CLIENT_ROUTES_CHANGE").Raw([1, 2, 3]).ToArray());
            // Cut in the middle of its words.
            connection.SendEvent([0, 15, .. "TOPOLOGY"u8]);
            connection.SendEvent(ResponseBodies.SchemaChangeEvent("DROPPED", "TABLE", "ks", "t"));
            ScriptedCluster.Echo(requests[2]);
        });
        Assert.Equal([0, 1, 2], (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        var last = session.ExecuteAsync(read.Bind(9), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal(9, (await last).First().Get<int>(0));
        Assert.Single(driver.Server.Connections);
    }
}
