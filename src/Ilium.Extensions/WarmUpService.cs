using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ilium.Extensions;

/// <summary>Connects to every cluster of the container before any other hosted service starts: all at once, each within its own bound.</summary>
/// <remarks>Once per container, whatever the number of clusters. Nothing is left running when it ends, but for connections that the cluster itself owns.</remarks>
internal sealed class WarmUpService(IServiceProvider services, IEnumerable<ClusterRegistration> registrations) : IHostedLifecycleService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(Log.Category);

    public async Task StartingAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(registrations.Select(registration => WarmUpAsync(registration, cancellationToken))).ConfigureAwait(false);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WarmUpAsync(ClusterRegistration registration, CancellationToken cancellationToken)
    {
        var options = registration.OptionsIn(services);
        if (options.WarmUp == WarmUpMode.None)
        {
            return;
        }

        var cluster = registration.ClusterIn(services);
        var clock = cluster.Options.TimeProvider;
        var started = clock.GetTimestamp();
        using var bound = new CancellationTokenSource(options.WarmUpTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            await ConnectAsync(cluster, registration, options, either.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (options.WarmUp == WarmUpMode.Optional && e is CassandraException or TimeoutException)
        {
            _logger.StartingWithout(e, registration.Described);
            return;
        }

        await FillAsync(cluster, registration, options, either.Token, cancellationToken).ConfigureAwait(false);
        _logger.Ready(registration.Described, clock.GetElapsedTime(started));
    }

    /// <summary>Connects, trying again while no node can be reached and the bound has not passed.</summary>
    private async Task ConnectAsync(
        Cluster cluster, ClusterRegistration registration, CassandraOptions options, CancellationToken either, CancellationToken cancellationToken)
    {
        Exception? last = null;
        try
        {
            for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    // No keyspace: the application may be about to create it.
                    await cluster.ConnectAsync(keyspace: null, either).ConfigureAwait(false);
                    return;
                }
                catch (NoNodeAvailableException e)
                {
                    last = e;
                    _logger.NotYet(e, registration.Described);
                }

                await Task.Delay(pause, cluster.Options.TimeProvider, either).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (last is not null)
            {
                ExceptionDispatchInfo.Throw(last);
            }

            throw new TimeoutException(
                $"Within {options.WarmUpTimeout:c}, which is CassandraOptions.WarmUpTimeout, {registration.Described} could not be connected to. WarmUpMode.Optional starts without.");
        }
    }

    private async Task FillAsync(Cluster cluster, ClusterRegistration registration, CassandraOptions options, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (node, reason) in await cluster.WarmUpAsync(either).ConfigureAwait(false))
            {
                _logger.NodeMissing(reason, node.ToString(), registration.Described);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is connected: what is still missing comes in the background.
            _logger.NodesMissing(registration.Described, options.WarmUpTimeout);
        }
    }
}
