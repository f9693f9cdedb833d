using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>Raw connections to a ring, without the driver.</summary>
internal static class RingSockets
{
    public static async Task<NetworkStream> ConnectAsync(IPEndPoint node, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(node, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Verifies the node's certificate against the ring's authority and the node's address.</summary>
    public static async Task<SslStream> ConnectTlsAsync(RingServer ring, bool withClientCertificate, CancellationToken cancellationToken)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(ring.TlsFolder, "ca.pem"));
        using var client = X509Certificate2.CreateFromPemFile(Path.Combine(ring.TlsFolder, "client.pem"), Path.Combine(ring.TlsFolder, "client.key"));
        var node = ring.ContactPoints[0];
        var stream = new SslStream(await ConnectAsync(node, cancellationToken));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = $"{node.Address}",
                ClientCertificates = withClientCertificate ? [client] : null,
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            cancellationToken);
        return stream;
    }

    /// <summary>Logs in and reads the release version, in v5.</summary>
    public static string ReleaseVersionAsSuperuser(RawClient client)
    {
        Assert.Equal(WireOpcode.Authenticate, client.Startup().Opcode);
        var token = new WireWriter().Bytes("\0cassandra\0cassandra"u8.ToArray()).ToArray();
        Assert.Equal(WireOpcode.AuthSuccess, client.Ask(WireOpcode.AuthResponse, token).Opcode);
        return ReleaseVersion(client);
    }

    public static string ReleaseVersion(RawClient client)
    {
        var rows = RawClient.Read(client.Query("SELECT release_version FROM system.local"));
        Assert.Equal((2, 1, 1), (rows.Int(), rows.Int(), rows.Int()));
        Assert.Equal(("system", "local", "release_version", (ushort)0x0D), (rows.String(), rows.String(), rows.String(), rows.Short()));
        Assert.Equal(1, rows.Int());
        return rows.LongString();
    }

    public static void AssertOffersVersions3To5(RawClient client)
    {
        var answer = client.Ask(WireOpcode.Options, []);
        Assert.Equal(WireOpcode.Supported, answer.Opcode);
        Assert.Equal(["3/v3", "4/v4", "5/v5", "6/v6-beta"], RawClient.Read(answer).StringMultimap()["PROTOCOL_VERSIONS"]);
    }
}
