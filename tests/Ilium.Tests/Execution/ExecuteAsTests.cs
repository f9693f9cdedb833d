using System.Text;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

public sealed class ExecuteAsTests
{
    private static readonly ScriptedServerOptions Dse = new() { DseVersion = "6.8.50" };
    private static readonly ExecutionOptions AsAlice = new() { ExecuteAs = "älice" };

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task The_user_goes_along_with_every_kind_of_request(ProtocolVersion version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = version }, Dse);
        var (session, read) = await driver.ConnectAsync();
        var token = TestContext.Current.CancellationToken;
        await session.ExecuteAsync("SELECT plain", AsAlice, token);
        await session.ExecuteAsync(read.Bind(1), AsAlice, token);
        await session.ExecuteAsync(new BatchStatement { new SimpleStatement("INSERT one") }, AsAlice, token);
        session.Execute("SELECT synchronous", AsAlice);
        foreach (var match in new Func<ServerRequest, bool>[]
        {
            static request => request.Cql == "SELECT plain", ScriptedCluster.IsRead, static request => request.Is(WireOpcode.Batch), static request => request.Cql == "SELECT synchronous",
        })
        {
            Assert.Equal("älice", UserOf(Assert.Single(driver.Server.Requests, request => match(request))));
        }

        await session.ExecuteAsync("SELECT as who is logged in", cancellationToken: token);
        Assert.Null(driver.Server.Requests.Single(static request => request.Cql == "SELECT as who is logged in").CustomPayload);
    }

    [Fact]
    public async Task User_and_payload_are_laid_over_each_other_each_for_itself()
    {
        await using var driver = new ScriptedCluster(server: Dse);
        var (session, _) = await driver.ConnectAsync();
        var token = TestContext.Current.CancellationToken;
        var tagged = new ExecutionOptions { Payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["tag"] = "one"u8.ToArray() } };
        var retagged = new ExecutionOptions { Payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["other"] = "two"u8.ToArray() } };
        await session.ExecuteAsync(new SimpleStatement("payload below") { Options = tagged }, AsAlice, token);
        await session.ExecuteAsync(new SimpleStatement("user below") { Options = AsAlice }, tagged, token);
        await session.ExecuteAsync(new SimpleStatement("both below") { Options = tagged with { ExecuteAs = "bob" } }, AsAlice, token);
        await session.ExecuteAsync(new SimpleStatement("payload replaced") { Options = tagged with { ExecuteAs = "bob" } }, retagged, token);
        foreach (var (text, user, key) in new[] { ("payload below", "älice", "tag"), ("user below", "älice", "tag"), ("both below", "älice", "tag"), ("payload replaced", "bob", "other") })
        {
            var request = driver.Server.Requests.Single(request => request.Cql == text);
            Assert.Equal(user, UserOf(request));
            Assert.Equal(new HashSet<string> { "ProxyExecute", key }, request.CustomPayload!.Keys.ToHashSet());
        }
    }

    [Fact]
    public async Task A_server_that_would_run_the_request_with_other_rights_is_not_sent_it()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var token = TestContext.Current.CancellationToken;
        var before = driver.Server.Requests.Count;
        var error = await Assert.ThrowsAsync<NotSupportedByServerException>(async () => await session.ExecuteAsync("SELECT 1", AsAlice, token));
        Assert.StartsWith("ExecutionOptions.ExecuteAs is what DataStax Enterprise has, and this cluster does not say that it is one", error.Message, StringComparison.Ordinal);
        Assert.False(error.MayHaveBeenApplied);
        Assert.Throws<NotSupportedByServerException>(() => session.Execute(read.Bind(1), AsAlice));
        await Assert.ThrowsAsync<NotSupportedByServerException>(async () => await session.ExecuteAsync(new BatchStatement { new SimpleStatement("INSERT one") }, AsAlice, token));
        Assert.Equal(before, driver.Server.Requests.Count);
        await session.ExecuteAsync(read.Bind(2), cancellationToken: token);
    }

    [Fact]
    public async Task A_protocol_without_payloads_is_refused()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = ProtocolVersion.V3 }, Dse);
        var (session, _) = await driver.ConnectAsync();
        var error = await Assert.ThrowsAsync<NotSupportedByProtocolException>(async () => await session.ExecuteAsync("SELECT 1", AsAlice, TestContext.Current.CancellationToken));
        Assert.Equal(("ExecutionOptions.ExecuteAs", ProtocolVersion.V4), (error.Feature, error.RequiredVersion));
    }

    [Fact]
    public async Task A_user_that_is_empty_or_given_twice_is_refused()
    {
        await using var driver = new ScriptedCluster(server: Dse);
        var (session, _) = await driver.ConnectAsync();
        var token = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.ExecuteAsync("SELECT 1", new ExecutionOptions { ExecuteAs = "" }, token));
        var twice = AsAlice with { Payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["ProxyExecute"] = "bob"u8.ToArray() } };
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await session.ExecuteAsync("SELECT 1", twice, token));
        Assert.Contains("give one of the two", error.Message, StringComparison.Ordinal);
    }

    private static string UserOf(ServerRequest request) => Encoding.UTF8.GetString(request.CustomPayload!["ProxyExecute"]!);
}
