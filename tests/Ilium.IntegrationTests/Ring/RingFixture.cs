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
        _start = new Lazy<Task<RingServer>>(() => RingServer.StartAsync(_options));
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

    public async ValueTask DisposeAsync()
    {
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
