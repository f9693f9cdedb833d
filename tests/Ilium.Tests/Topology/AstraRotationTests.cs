using System.Net;
using System.Security.Cryptography;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Topology;

/// <summary>Bundles whose file is replaced while the driver runs, and what becomes of certificates.</summary>
public sealed class AstraRotationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ilium-bundle").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_is_replaced_is_used_by_the_next_connections()
    {
        await using var database = new AstraDatabase(nodes: 1, new ScriptedServerOptions { Credentials = ("app", "second") });
        var path = Path.Combine(_folder, "bundle.zip");
        await File.WriteAllBytesAsync(path, database.MakeBundle(("app", "first")).ToZip(), TestContext.Current.CancellationToken);
        await using var cluster = new Cluster(database.Options with { Astra = AstraBundle.Load(path) });
        await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await cluster.ConnectAsync(TestContext.Current.CancellationToken));

        await File.WriteAllBytesAsync(path, database.MakeBundle(("app", "second")).ToZip(), TestContext.Current.CancellationToken);
        await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Single(database.Logs.Of(132));
        Assert.DoesNotContain(database.Logs.Lines, static line => line.Text.Contains("first", StringComparison.Ordinal) || line.Text.Contains("second", StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_that_leads_elsewhere_is_a_file_that_was_replaced()
    {
        using var certificates = new TestCertificates();
        var (first, second, link) = (Path.Combine(_folder, "1"), Path.Combine(_folder, "2"), Path.Combine(_folder, "bundle.zip"));
        File.WriteAllBytes(first, new BundleMaker(certificates.Authority, certificates.Client("one"), "h", 1).ToZip());
        File.WriteAllBytes(second, new BundleMaker(certificates.Authority, certificates.Client("two"), "h", 1).ToZip());
        File.CreateSymbolicLink(link, first);
        var replaced = new List<AstraBundle>();
        using var identity = new AstraIdentity(AstraBundle.Load(link), replaced.Add, static e => throw e);
        Assert.Equal("CN=one", identity.Tls().ClientCertificates![0].Subject);
        Assert.Same(identity.Tls(), identity.Tls());

        File.Delete(link);
        File.CreateSymbolicLink(link, second);
        Assert.Equal("CN=two", identity.Tls().ClientCertificates![0].Subject);
        Assert.Same(identity.Bundle, Assert.Single(replaced));
    }

    [Fact]
    public void A_file_that_is_gone_or_half_written_changes_nothing_and_is_told_once()
    {
        using var certificates = new TestCertificates();
        var path = Path.Combine(_folder, "bundle.zip");
        var zip = new BundleMaker(certificates.Authority, certificates.Client("one"), "h", 1).ToZip();
        File.WriteAllBytes(path, zip);
        var failures = new List<Exception>();
        using var identity = new AstraIdentity(AstraBundle.Load(path), static _ => { }, failures.Add);
        var tls = identity.Tls();

        File.Delete(path);
        Assert.Same(tls, identity.Tls());
        Assert.Same(tls, identity.Tls());
        Assert.Single(failures);
        File.WriteAllBytes(path, zip[..100]);
        Assert.Same(tls, identity.Tls());
        Assert.Equal(2, failures.Count);
        File.WriteAllBytes(path, zip);
        Assert.Same(tls, identity.Tls());
        File.Delete(path);
        Assert.Same(tls, identity.Tls());
        Assert.Equal(3, failures.Count);
        Assert.All(failures, static failure => Assert.IsType<InvalidOptionsException>(failure));
    }

    [Fact]
    public async Task Certificates_end_with_the_cluster_and_a_bundle_serves_another()
    {
        await using var database = new AstraDatabase(nodes: 1);
        var options = database.Options;
        var cluster = new Cluster(options);
        await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        var tls = cluster.Runtime.Options.Tls!.ReloadCertificates!();
        Assert.NotEqual(IntPtr.Zero, tls.ClientCertificates![0].Handle);
        await cluster.DisposeAsync();
        Assert.All(tls.ClientCertificates.Concat(tls.CertificateAuthorities!), static certificate => Assert.Throws<CryptographicException>(() => certificate.RawData));
        Assert.Throws<ObjectDisposedException>(() => cluster.Runtime.Options.Tls!.ReloadCertificates!());

        await using var other = new Cluster(options);
        await other.ConnectAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_warned_of()
    {
        await using var database = new AstraDatabase(nodes: 1);
        await using var cluster = new Cluster(database.Options with { TimeProvider = new InElevenMonths() });
        await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("The client certificate of the Astra bundle ends on ", Assert.Single(database.Logs.Of(133)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_addresses_of_a_proxy_are_used_in_turn()
    {
        var proxy = new SniProxy("proxy.example", 29042);
        IPAddress[] addresses = [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"), IPAddress.Parse("::2"), IPAddress.Parse("10.0.0.3"), IPAddress.Parse("::1")];
        var rounds = Enumerable.Range(0, 6).Select(round =>
        {
            // Name servers give them in another order each time.
            Random.Shared.Shuffle(addresses.AsSpan(1));
            return string.Join(' ', proxy.InTurn(addresses).Select(static address => address.ToString()));
        }).ToArray();
        Assert.Equal(rounds[..3], rounds[..3].Distinct());
        string[] turns = ["10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.2 10.0.0.3 10.0.0.1", "10.0.0.3 10.0.0.1 10.0.0.2"];
        Assert.Equal(turns, rounds[..3].Select(static round => string.Join(' ', round.Split(' ')[..3])).Order(StringComparer.Ordinal));
        Assert.All(rounds, static round => Assert.True(round.EndsWith("::1 ::2", StringComparison.Ordinal) || round.EndsWith("::2 ::1", StringComparison.Ordinal), round));
        Assert.Equal(rounds[0].Split(' ')[..3], rounds[3].Split(' ')[..3]);
    }

    [Fact]
    public async Task The_name_of_the_proxy_is_resolved_for_each_connection_and_a_dead_address_is_passed_over()
    {
        await using var database = new AstraDatabase(nodes: 1);
        var asked = new List<string>();
        var connector = new TransportConnector((name, _) =>
        {
            asked.Add(name);
            return [IPAddress.Parse("127.0.0.9"), IPAddress.Loopback];
        });
        using var identity = new AstraIdentity(database.Options.Astra!, static _ => { }, static _ => { });
        var options = database.Options.SecuredBy(identity);
        var proxy = new SniProxy("localhost", database.Proxy.EndPoint.Port);
        for (var i = 0; i < 4; i++)
        {
            connector.Connect(new SniEndPoint(proxy, database.HostIds[0]), options, TestContext.Current.CancellationToken).Close();
        }

        Assert.Equal(["localhost", "localhost", "localhost", "localhost"], asked);
    }

    private sealed class InElevenMonths : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(362);
    }
}
