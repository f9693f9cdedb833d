using Ilium;
using Ilium.Extensions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clusters to a container.</summary>
/// <remarks>
/// <see cref="Cluster"/> becomes a singleton that the container makes, connects and disposes; <see cref="Session"/> is made anew wherever it is injected, so that a <c>USE</c>
/// in one place moves nobody else: it may be kept by singletons, costs next to nothing and connects with its first request where nobody has before. What is said in several calls for
/// the same key is about the same cluster, in that order; a connection string or a section replaces what was said before it.
/// </remarks>
public static class CassandraServiceCollectionExtensions
{
    /// <summary>Adds a cluster that a connection string describes.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="connectionString">Keys and values, as <see cref="Cluster.Parse"/> reads them. Read as the application starts.</param>
    public static CassandraBuilder AddCassandra(this IServiceCollection services, string connectionString) => Add(services, null, Text(connectionString));

    /// <summary>Adds a cluster that a section of the configuration describes.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="section">Keys are those of a connection string without spaces, and <c>WarmUp</c> and <c>WarmUpTimeout</c>. Read once, as the application starts.</param>
    public static CassandraBuilder AddCassandra(this IServiceCollection services, IConfiguration section) => Add(services, null, Section(section));

    /// <summary>Adds a cluster that code describes.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Gives a changed copy: <c>options => options with { ContactPoints = [...] }</c>.</param>
    public static CassandraBuilder AddCassandra(this IServiceCollection services, Func<ClusterOptions, ClusterOptions> configure) =>
        Add(services, null).Configure(configure);

    /// <summary>Adds a cluster that code describes, with what the container has.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Gives a changed copy. Its provider is the container's root.</param>
    public static CassandraBuilder AddCassandra(this IServiceCollection services, Func<IServiceProvider, ClusterOptions, ClusterOptions> configure) =>
        Add(services, null).Configure(configure);

    /// <summary>As <see cref="AddCassandra(IServiceCollection, string)"/>, under a key: for several clusters.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of the cluster and its session, also as text the name of its <see cref="CassandraOptions"/>.</param>
    /// <param name="connectionString">Keys and values.</param>
    /// <exception cref="ArgumentException">The key as text is empty, or that of another key.</exception>
    public static CassandraBuilder AddKeyedCassandra(this IServiceCollection services, object serviceKey, string connectionString) =>
        Add(services, Key(serviceKey), Text(connectionString));

    /// <summary>As <see cref="AddCassandra(IServiceCollection, IConfiguration)"/>, under a key: for several clusters.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of the cluster and its session, also as text the name of its <see cref="CassandraOptions"/>.</param>
    /// <param name="section">The section.</param>
    /// <exception cref="ArgumentException">The key as text is empty, or that of another key.</exception>
    public static CassandraBuilder AddKeyedCassandra(this IServiceCollection services, object serviceKey, IConfiguration section) =>
        Add(services, Key(serviceKey), Section(section));

    /// <summary>As <see cref="AddCassandra(IServiceCollection, Func{ClusterOptions, ClusterOptions})"/>, under a key: for several clusters.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of the cluster and its session, also as text the name of its <see cref="CassandraOptions"/>.</param>
    /// <param name="configure">Gives a changed copy.</param>
    /// <exception cref="ArgumentException">The key as text is empty, or that of another key.</exception>
    public static CassandraBuilder AddKeyedCassandra(this IServiceCollection services, object serviceKey, Func<ClusterOptions, ClusterOptions> configure) =>
        Add(services, Key(serviceKey)).Configure(configure);

    /// <summary>As <see cref="AddCassandra(IServiceCollection, Func{IServiceProvider, ClusterOptions, ClusterOptions})"/>, under a key: for several clusters.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="serviceKey">The key of the cluster and its session, also as text the name of its <see cref="CassandraOptions"/>.</param>
    /// <param name="configure">Gives a changed copy. Its provider is the container's root.</param>
    /// <exception cref="ArgumentException">The key as text is empty, or that of another key.</exception>
    public static CassandraBuilder AddKeyedCassandra(
        this IServiceCollection services, object serviceKey, Func<IServiceProvider, ClusterOptions, ClusterOptions> configure) =>
        Add(services, Key(serviceKey)).Configure(configure);

    internal static IEnumerable<ClusterRegistration> Registrations(IServiceCollection services) =>
        services.Where(static descriptor => !descriptor.IsKeyedService).Select(static descriptor => descriptor.ImplementationInstance).OfType<ClusterRegistration>();

    private static object Key(object serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        return serviceKey;
    }

    private static Action<CassandraOptions> Text(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        return options => options.Cluster = ClusterOptions.Parse(connectionString);
    }

    private static Action<CassandraOptions> Section(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return options => ConfiguredCluster.Read(section, options);
    }

    private static CassandraBuilder Add(IServiceCollection services, object? key, Action<CassandraOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = Registrations(services).FirstOrDefault(known => Equals(known.Key, key)) ?? Register(services, key);
        if (configure is not null)
        {
            services.Configure(registration.OptionsName, configure);
        }

        return new CassandraBuilder(services, registration);
    }

    private static ClusterRegistration Register(IServiceCollection services, object? key)
    {
        var registration = new ClusterRegistration(key);
        if (key is not null && registration.OptionsName.Length == 0)
        {
            throw new ArgumentException("The key is empty: AddCassandra adds the cluster without a key.", nameof(key));
        }

        foreach (var other in Registrations(services))
        {
            if (other.OptionsName == registration.OptionsName)
            {
                throw new ArgumentException($"Another key is '{key}' too, as text: the options of both would have the same name.", nameof(key));
            }

            if (key is not null && other.SessionKeys.Contains(key))
            {
                throw new ArgumentException($"A session with the key '{key}' was added for {other.Described}: give this cluster another key.", nameof(key));
            }
        }

        services.AddSingleton(registration);
        services.AddSingleton<IValidateOptions<CassandraOptions>>(new CassandraOptionsValidator(registration));
        services.AddOptions<CassandraOptions>(registration.OptionsName).ValidateOnStart();
        services.AddHostedService<WarmUpService>();
        if (key is null)
        {
            services.TryAddSingleton(registration.Create);
            services.TryAddTransient(provider => registration.ClusterIn(provider).CreateSession());
        }
        else
        {
            registration.SessionKeys.Add(key);
            services.TryAddKeyedSingleton(key, (provider, _) => registration.Create(provider));
            services.TryAddKeyedTransient(key, (provider, _) => registration.ClusterIn(provider).CreateSession());
        }

        return registration;
    }
}
