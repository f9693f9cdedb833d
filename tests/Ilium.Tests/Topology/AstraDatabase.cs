using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>A database as Astra has it: scripted nodes behind a proxy, a metadata service that leads there, and the bundle that leads to the service.</summary>
internal sealed class AstraDatabase : IAsyncDisposable
{
    private readonly List<ScriptedServer> _servers = [];

    /// <param name="nodes">How many there are, numbered from 1.</param>
    /// <param name="options">Of the servers.</param>
    /// <param name="serviceCertificate">What the metadata service shows, where not a good one.</param>
    /// <param name="proxyCertificate">What the proxy shows, where not a good one.</param>
    internal AstraDatabase(int nodes = 3, ScriptedServerOptions? options = null, Func<TestCertificates, X509Certificate2>? serviceCertificate = null,
        Func<TestCertificates, X509Certificate2>? proxyCertificate = null)
    {
        ProxyOptions = new TlsListenerOptions { Certificate = proxyCertificate?.Invoke(Certificates) ?? Certificates.Server(), ClientAuthority = Certificates.Authority };
        Proxy = new NodeProxy(ProxyOptions);
        Service = new MetadataServer(new TlsListenerOptions
        {
            Certificate = serviceCertificate?.Invoke(Certificates) ?? Certificates.Server(),
            ClientAuthority = Certificates.Authority,
        });
        for (var number = 1; number <= nodes; number++)
        {
            _servers.Add(new ScriptedServer((options ?? new ScriptedServerOptions()) with { Local = Describe(number) }));
        }

        foreach (var server in _servers)
        {
            server.Peers = [.. _servers.Where(other => other != server).Select(static other => other.Options.Local)];
            Proxy.Route(server.Options.Local.HostId, server);
        }

        LeadTo(Proxy);
        Bundle = MakeBundle();
    }

    internal TestCertificates Certificates { get; } = new();

    internal TlsListenerOptions ProxyOptions { get; }

    internal NodeProxy Proxy { get; private set; }

    internal MetadataServer Service { get; }

    internal IReadOnlyList<ScriptedServer> Servers => _servers;

    internal IReadOnlyList<Guid> HostIds => [.. _servers.Select(static server => server.Options.Local.HostId)];

    internal BundleMaker Bundle { get; }

    internal RecordingLog Logs { get; } = new();

    internal ClusterOptions Options => new() { Astra = AstraBundle.Load(Bundle.ToZip()), LoggerFactory = Logs, ConnectTimeout = TimeSpan.FromSeconds(30) };

    internal BundleMaker MakeBundle((string User, string Password)? login = null) =>
        new(Certificates.Authority, Certificates.Client(), "localhost", Service.EndPoint.Port, login);

    /// <summary>Where nodes list each other, and nobody can connect to.</summary>
    internal static IPEndPoint Address(int number) => new(new IPAddress([10, 9, 8, (byte)number]), 9042);

    /// <summary>What the service says from now on.</summary>
    internal void LeadTo(NodeProxy proxy, params Guid[] hostIds) =>
        Service.Respond = () => MetadataServer.Answer(200, MetadataServer.Contacts($"localhost:{proxy.EndPoint.Port}", hostIds.Length > 0 ? hostIds : HostIds));

    /// <summary>The proxy is gone, and another, elsewhere, leads to the same nodes.</summary>
    internal async Task MoveProxyAsync()
    {
        await Proxy.DisposeAsync();
        Proxy = new NodeProxy(ProxyOptions);
        foreach (var server in _servers)
        {
            Proxy.Route(server.Options.Local.HostId, server);
        }

        LeadTo(Proxy);
    }

    /// <summary>Connected to all nodes.</summary>
    internal static async Task<Session> ConnectAsync(Cluster cluster, NodeChangeLog changes)
    {
        var session = await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        await ScriptedCluster.SettleAsync(cluster);
        foreach (var node in cluster.Metadata.Nodes)
        {
            await changes.NextAsync(NodeChange.Up, node.HostId);
        }

        return session;
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Service.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
            server.ThrowIfViolated();
        }

        Certificates.Dispose();
    }

    private static ServerNode Describe(int number) => new(Address(number))
    {
        HostId = new Guid(number, 0, 0, new byte[8]),
        Tokens = [$"{number * 1000}"],
    };
}
