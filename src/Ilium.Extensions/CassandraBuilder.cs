using Microsoft.Extensions.DependencyInjection;

namespace Ilium.Extensions;

/// <summary>What else there is to say about a cluster that was added to a container. Not thread-safe, as the container's own builders.</summary>
public sealed class CassandraBuilder
{
    private readonly ClusterRegistration _registration;

    internal CassandraBuilder(IServiceCollection services, ClusterRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The container's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the cluster's services; null for those without.</summary>
    public object? ServiceKey => _registration.Key;

    /// <summary>Changes the cluster's options, after what was said before.</summary>
    /// <param name="configure">Gives a changed copy: <c>options => options with { ... }</c>. Called once, when the options are first needed.</param>
    public CassandraBuilder Configure(Func<ClusterOptions, ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Configure((_, options) => configure(options));
    }

    /// <summary>Changes the cluster's options with what the container has, after what was said before.</summary>
    /// <param name="configure">Gives a changed copy. Its provider is the container's root: scoped services can't be had from it.</param>
    public CassandraBuilder Configure(Func<IServiceProvider, ClusterOptions, ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.AddOptions<CassandraOptions>(_registration.OptionsName)
            .Configure<IServiceProvider>((options, provider) => options.Cluster = configure(provider, options.Cluster));
        return this;
    }

    /// <summary>Says whether the application waits for the cluster as it starts.</summary>
    /// <param name="mode">Whether.</param>
    /// <param name="timeout">For how long at most; null for what was said before, 30 s if nothing was.</param>
    public CassandraBuilder WarmUp(WarmUpMode mode, TimeSpan? timeout = null)
    {
        Services.Configure<CassandraOptions>(_registration.OptionsName, options =>
        {
            options.WarmUp = mode;
            options.WarmUpTimeout = timeout ?? options.WarmUpTimeout;
        });
        return this;
    }

    /// <summary>Adds a session in a keyspace, with the keyspace's name as its key: <c>[FromKeyedServices("audit")] Session audit</c>.</summary>
    /// <param name="keyspace">The keyspace's name, in its own case.</param>
    /// <exception cref="ArgumentException">There is a session with that key of another cluster.</exception>
    public CassandraBuilder AddSession(string keyspace)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyspace);
        return AddSession(keyspace, session => session.WithKeyspace(keyspace));
    }

    /// <summary>Adds a session under a key.</summary>
    /// <param name="serviceKey">The key.</param>
    /// <param name="view">Makes it of the cluster's own session: <c>session => session.WithKeyspace("audit").WithProfile("slow")</c>.</param>
    /// <exception cref="ArgumentException">There is a session with that key of another cluster.</exception>
    public CassandraBuilder AddSession(object serviceKey, Func<Session, Session> view)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(view);
        foreach (var other in CassandraServiceCollectionExtensions.Registrations(Services))
        {
            if (other != _registration && other.SessionKeys.Contains(serviceKey))
            {
                throw new ArgumentException($"A session with the key '{serviceKey}' was added for {other.Described}: give this one another key.", nameof(serviceKey));
            }
        }

        _registration.SessionKeys.Add(serviceKey);
        var registration = _registration;
        Services.AddKeyedTransient(serviceKey, (provider, _) => view(registration.ClusterIn(provider).CreateSession()));
        return this;
    }
}
