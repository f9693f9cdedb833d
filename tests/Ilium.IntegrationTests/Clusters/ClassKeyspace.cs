using System.Collections.Concurrent;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Clusters;

/// <summary>What the tests of one class share: a keyspace of their own on the plain ring, dropped afterwards, and one cluster object for each protocol version.</summary>
public sealed class ClassKeyspace(PlainRing plain) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProtocolVersion, Lazy<Cluster>> _clusters = new();
    private readonly SemaphoreSlim _gate = new(1);
    private bool _created;
    private int _tables;

    public string Name { get; } = $"k{Guid.NewGuid():N}";

    public async Task<string> ContactPointAsync() => $"{(await plain.StartedAsync()).ContactPoints[0]}";

    /// <summary>Options for a cluster object of the test's own.</summary>
    public async Task<ClusterOptions> OptionsAsync(ProtocolVersion version) =>
        new() { ContactPoints = [await ContactPointAsync()], ProtocolVersion = version, RequestTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>A new session, in the keyspace, of the cluster object the class shares.</summary>
    public async Task<Session> SessionAsync(ProtocolVersion version)
    {
        var options = await OptionsAsync(version);
        var cluster = _clusters.GetOrAdd(version, key => new Lazy<Cluster>(() => new Cluster(options))).Value;
        await CreateAsync(cluster);
        return await cluster.ConnectAsync(Name, TestContext.Current.CancellationToken);
    }

    /// <summary>Makes a table that no other test has.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> TableAsync(Session session, string columns)
    {
        var name = NewName("t");
        await session.ExecuteAsync($"CREATE TABLE {Name}.{name} ({columns})".AsCql(), cancellationToken: TestContext.Current.CancellationToken);
        return name;
    }

    /// <summary>A name that no other test has.</summary>
    public string NewName(string prefix) => $"{prefix}{Interlocked.Increment(ref _tables)}";

    public async ValueTask DisposeAsync()
    {
        if (_created)
        {
            var session = await _clusters.Values.First().Value.ConnectAsync(keyspace: null);
            await session.ExecuteAsync($"DROP KEYSPACE IF EXISTS {Name}".AsCql());
        }

        foreach (var cluster in _clusters.Values)
        {
            await cluster.Value.DisposeAsync();
        }

        _gate.Dispose();
    }

    private async Task CreateAsync(Cluster cluster)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_created)
            {
                var session = await cluster.ConnectAsync(keyspace: null);
                await session.CreateKeyspaceAsync(Name);
                _created = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
