using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ilium.TestKit;
using Microsoft.Extensions.Logging;

namespace Ilium.Docs.Tests;

/// <summary>What docs/lifecycle.md and docs/connecting.md promise, against a scripted server.</summary>
public sealed class LifecyclePageTests : IAsyncLifetime
{
    private ScriptedServer _server = new();
    private ScriptedListener _listener = null!;

    public ValueTask InitializeAsync()
    {
        _listener = new ScriptedListener(_server);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_cluster_that_was_forgotten_is_collected_and_says_so()
    {
        using var logs = new RecordedLogs();
        var forgotten = await ConnectAndForgetAsync(logs);
        // Off the stack of the connecting, which still holds what it made.
        await Task.Yield();
        for (var i = 0; i < 100 && (forgotten.IsAlive || !logs.Ids.Contains(103)); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(forgotten.IsAlive);
        Assert.Contains(103, logs.Ids);
    }

    [Fact]
    public async Task Disposing_while_connecting_ends_the_connecting()
    {
        _listener.Behavior = AcceptBehavior.Silence;
        var cluster = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint], ConnectTimeout = TimeSpan.FromMinutes(5) });
        var connecting = cluster.ConnectAsync().AsTask();
        await _listener.WaitForAcceptedAsync(1, TestContext.Current.CancellationToken);
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connecting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_pinned_version_is_never_lowered()
    {
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
        _server = new ScriptedServer(new ScriptedServerOptions { Versions = [3, 4] });
        _listener = new ScriptedListener(_server);
        await using var pinned = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint], ProtocolVersion = ProtocolVersion.V5 });
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(() => pinned.ConnectAsync().AsTask());
        Assert.IsType<UnsupportedProtocolVersionException>(error.InnerException);
        Assert.DoesNotContain(_server.Requests, request => request.Version != 5);

        await using var negotiated = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint] });
        await negotiated.ConnectAsync();
        Assert.Equal(ProtocolVersion.V4, negotiated.ProtocolVersion);
    }

    [Fact]
    public async Task A_compression_the_server_does_not_offer_is_an_error()
    {
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
        _server = new ScriptedServer(new ScriptedServerOptions { Compressions = [WireCompression.Snappy] });
        _listener = new ScriptedListener(_server);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint], Compression = Compression.Lz4 });
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(() => cluster.ConnectAsync().AsTask());
        Assert.Contains("does not offer lz4", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_asked_before_startup()
    {
        await using var cluster = new Cluster(_listener.EndPoint);
        await cluster.ConnectAsync();
        Assert.Equal([WireOpcode.Options, WireOpcode.Startup], _server.Requests.Take(2).Select(request => request.Opcode));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> ConnectAndForgetAsync(RecordedLogs logs)
    {
        var cluster = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint], LoggerFactory = logs });
        await cluster.ConnectAsync();
        return new WeakReference(cluster);
    }

    private sealed class RecordedLogs : ILoggerFactory, ILogger
    {
        public ConcurrentBag<int> Ids { get; } = [];

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Ids.Add(eventId.Id);

        public void Dispose()
        {
        }
    }
}
