using System.Diagnostics;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>A ring that starts when the first test asks for it, is shared by the collection, and goes when the collection is done.</summary>
public abstract class RingFixture : IAsyncDisposable
{
    private readonly RingOptions _options;
    private readonly Lazy<string?> _unavailableReason;
    private readonly Lazy<Task<RingServer>> _start;

    protected RingFixture(RingOptions options)
    {
        _options = options;
        _unavailableReason = new Lazy<string?>(() => RingServer.UnavailableReason(_options));
        _start = new Lazy<Task<RingServer>>(StartAsync);
    }

    /// <summary>The running ring. Where none can run, the test that asks is skipped with the reason; where one fails to start, every test that asks fails.</summary>
    public Task<RingServer> StartedAsync()
    {
        if (_unavailableReason.Value is { } reason)
        {
            Assert.Skip(reason);
        }

        return _start.Value;
    }

    private async Task<RingServer> StartAsync()
    {
        var ring = await RingServer.StartAsync(_options);
        if (_options.Auth)
        {
            // A server takes connections a moment before it has made its first user.
            await WaitForUserAsync(ring);
        }

        return ring;
    }

    private static async Task WaitForUserAsync(RingServer ring)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var cluster = new Cluster(SecureRing.Options(ring));
                await cluster.ConnectAsync();
                return;
            }
            catch (AuthenticationFailedException) when (clock.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>What stands before the ring goes first.</summary>
    protected virtual ValueTask EndAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (_start.IsValueCreated)
        {
            try
            {
                await (await _start.Value).DisposeAsync();
            }
            catch (InvalidOperationException)
            {
                // The start failed, which the tests have reported; it has cleaned up after itself.
            }
        }
    }
}
