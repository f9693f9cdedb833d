using System.Net;
using Ilium.Connection;

namespace Ilium;

/// <summary>
/// A login by Kerberos, as DataStax Enterprise takes it (SASL GSSAPI, RFC 4752), and plug-ins for Cassandra do. Both sides prove who they are; what follows is not encrypted by
/// it, which is what <see cref="ClusterOptions.Tls"/> is for. Safe to share.
/// </summary>
/// <remarks>
/// Uses the system's Kerberos through <see cref="System.Net.Security.NegotiateAuthentication"/>: on Linux the library libgssapi_krb5, /etc/krb5.conf and the ticket cache or client keytab
/// (<c>kinit</c>, <c>KRB5CCNAME</c>, <c>KRB5_CLIENT_KTNAME</c>), on Windows the user who is logged in. Note that Kerberos libraries may look names up in reverse by themselves: see
/// <c>rdns</c> and <c>dns_canonicalize_hostname</c> in krb5.conf.
/// </remarks>
public sealed class GssapiAuthProvider : AuthProvider
{
    /// <summary>The service's name in its principal, which is <c>service/host@REALM</c>. Default <c>dse</c>.</summary>
    public string Service
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "dse";

    /// <summary>
    /// Finds the host in a node's principal; returns null to leave it to the default, which is the contact point's name as configured, or the address under which the cluster lists the
    /// node. Called on the thread that connects. Default null.
    /// </summary>
    public Func<EndPoint, string?>? HostNameFor { get; init; }

    /// <summary>
    /// Whether nodes known by an address only are looked up in reverse, to find the host in their principal. Default false: who answers such look-ups decides whom the client takes the
    /// server for, and they are slow where nobody does. The Python driver does so unless told otherwise.
    /// </summary>
    public bool ReverseLookup { get; init; }

    /// <summary>Who to log in as. Default null: the one whose ticket there is.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>
    /// The role to act as after logging in, where the server allows that (DataStax Enterprise: proxy login). Default empty: the one who logs in.
    /// </summary>
    public string AuthorizationId { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = "";

    /// <inheritdoc/>
    public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator) => new GssapiAuthenticator(this, endPoint, serverAuthenticator);

    /// <summary>The service; no credentials.</summary>
    public override string ToString() => $"{nameof(GssapiAuthProvider)} {{ Service = {Service} }}";

    /// <summary>The host in a node's principal.</summary>
    internal async Task<string> HostAsync(EndPoint endPoint, CancellationToken cancellationToken) => HostNameFor?.Invoke(endPoint) ?? endPoint switch
    {
        DnsEndPoint name => name.Host,
        SniEndPoint node => node.ProxyHost,
        IPEndPoint ip when ReverseLookup => (await Dns.GetHostEntryAsync(ip.Address.ToString(), cancellationToken).Inline()).HostName,
        IPEndPoint ip => ip.Address.ToString(),
        _ => "localhost",
    };
}
