namespace Ilium.Embedded.Tests.Driver;

/// <summary>Sessions made before anybody has connected.</summary>
public sealed class UnconnectedSessionTests
{
    private static readonly SimpleStatement Question = new("SELECT key FROM system.local");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Whatever_is_asked_first_connects(ProtocolVersion version)
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        (string Name, Func<Session, Task> Ask)[] questions =
        [
            ("execute", async session => Assert.Single(await session.ExecuteAsync(Question, cancellationToken: Token))),
            ("values", async session => Assert.Single(await session.ExecuteAsync($"SELECT key FROM system.local WHERE key = {"local"}", cancellationToken: Token))),
            ("blocking", session => Task.Run(() => Assert.Single(session.Execute(Question)))),
            ("pages", async session => Assert.Single(await session.QueryAsync(Question, cancellationToken: Token).ToListAsync(Token))),
            ("prepare", async session => Assert.Single(await session.ExecuteAsync((await session.PrepareAsync("SELECT key FROM system.local WHERE key = ?", Token)).Bind("local"), cancellationToken: Token))),
            ("blocking prepare", session => Task.Run(() => Assert.Single(session.Execute(session.Prepare("SELECT key FROM system.local WHERE key = ?").Bind("local"))))),
            ("many", async session => Assert.Equal(3, (await session.ExecuteManyAsync([Question, Question, Question], cancellationToken: Token).ToListAsync(Token)).Count)),
            ("use", async session =>
            {
                await session.ExecuteAsync("USE system", cancellationToken: Token);
                Assert.Equal("system", session.Keyspace);
                Assert.Single(await session.ExecuteAsync("SELECT key FROM local", cancellationToken: Token));
            }),
        ];
        foreach (var (name, ask) in questions)
        {
            TestContext.Current.SendDiagnosticMessage(name);
            await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], ProtocolVersion = version }));
            await ask(cluster.CreateSession());
            Assert.Equal(version, cluster.ProtocolVersion);
        }
    }

    [Fact]
    public async Task A_view_of_another_keyspace_begins_there()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], Keyspace = "system" }));
        Assert.Equal("system", cluster.CreateSession().Keyspace);
        Assert.Null(cluster.CreateSession(keyspace: null).Keyspace);
        Assert.NotEmpty(await cluster.CreateSession("system_schema").ExecuteAsync("SELECT keyspace_name FROM keyspaces", cancellationToken: Token));
        await Assert.ThrowsAsync<InvalidQueryException>(() => cluster.CreateSession("none").ExecuteAsync("SELECT key FROM local", cancellationToken: Token).AsTask());
    }

    [Fact]
    public async Task A_thousand_first_requests_connect_once()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect());
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => cluster.CreateSession().ExecuteAsync(Question, cancellationToken: Token).AsTask()));
        Assert.InRange(cluster.Metadata.Nodes.Single().OpenConnections, 1, 8);
        // What was answered late is as good as what comes now.
        Assert.Single(await cluster.CreateSession().ExecuteAsync(Question, cancellationToken: Token));
    }

    [Fact]
    public async Task When_connecting_fails_so_does_the_request_and_the_next_one_tries_again()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.RefuseConnections();
        await using var cluster = new Cluster(node.ContactPoint);
        var session = cluster.CreateSession();
        await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.ExecuteAsync(Question, cancellationToken: Token).AsTask());
        await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.PrepareAsync("SELECT key FROM system.local", Token).AsTask());
        Assert.Throws<NoNodeAvailableException>(() => session.Execute(Question));
        node.AcceptConnections();
        Assert.Single(await session.ExecuteAsync(Question, cancellationToken: Token));
    }

    [Fact]
    public async Task A_request_waits_for_the_connection_as_long_as_its_timeout_and_no_longer_than_its_caller()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.Pause();
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], ConnectTimeout = TimeSpan.FromHours(1) });
        var session = cluster.CreateSession();
        var options = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(150) };
        var late = await Assert.ThrowsAsync<OperationTimedOutException>(() => session.ExecuteAsync(Question, options, Token).AsTask());
        Assert.Equal(TimeSpan.FromMilliseconds(150), late.Timeout);
        Assert.False(late.MayHaveBeenApplied);
        Assert.Contains("waiting for the cluster to be connected to", late.Message, StringComparison.Ordinal);
        Assert.False(Assert.Throws<OperationTimedOutException>(() => session.Execute(Question, options)).MayHaveBeenApplied);

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cancelled = session.ExecuteAsync(Question, cancellationToken: cancel.Token).AsTask();
        var waiting = session.ExecuteAsync(Question, cancellationToken: Token).AsTask();
        Assert.False(cancelled.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        // The others have what they waited for, and the one that was given up is not sent.
        using var watch = node.Faults.Add(Fault.Watch() with { Statement = "SELECT key FROM system.local" });
        node.Resume();
        Assert.Single(await waiting);
        Assert.Equal(1, watch.Met);
    }

    [Fact]
    public async Task Disposing_the_cluster_ends_those_that_wait()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.Pause();
        var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], ConnectTimeout = TimeSpan.FromHours(1), RequestTimeout = Timeout.InfiniteTimeSpan });
        var session = cluster.CreateSession();
        var waiting = session.ExecuteAsync(Question, cancellationToken: Token).AsTask();
        var preparing = session.PrepareAsync("SELECT key FROM system.local", Token).AsTask();
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => preparing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => session.ExecuteAsync(Question, cancellationToken: Token).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => session.PrepareAsync("SELECT key FROM system.local", Token).AsTask());
    }

    [Fact]
    public async Task A_bound_on_requests_under_way_holds_for_those_that_wait_for_the_connection()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], MaxConcurrentRequests = 1, MaxQueuedRequests = 50 }));
        var session = cluster.CreateSession();
        var all = Enumerable.Range(0, 51).Select(_ => session.ExecuteAsync(Question, cancellationToken: Token).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(all), rows => Assert.Single(rows));
    }

    [Fact]
    public async Task The_schema_is_read_too_where_it_is_to_be_there_when_connected()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect } }));
        await cluster.CreateSession().ExecuteAsync(Question, cancellationToken: Token);
        Assert.NotNull(cluster.Metadata.FindTable("system", "local"));
    }
}
