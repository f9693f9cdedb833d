using System.Net;
using Ilium.Connection;

namespace Ilium;

/// <summary>
/// User name and password, as <c>PasswordAuthenticator</c> and most others take them (SASL PLAIN). They cross the network readable unless
/// <see cref="ClusterOptions.Tls"/> is set. Safe to share; never prints the password.
/// </summary>
public sealed class PlainTextAuthProvider : AuthProvider
{
    private readonly Func<CancellationToken, ValueTask<(string Username, string Password)>> _credentials;
    private readonly string _description;
    private readonly bool _isAnonymous;

    private PlainTextAuthProvider()
    {
        _credentials = static _ => new(("", ""));
        _description = $"{nameof(PlainTextAuthProvider)} {{ {nameof(Transitional)} }}";
        _isAnonymous = true;
    }

    /// <summary>A fixed user name and password.</summary>
    /// <param name="username">The role to log in as.</param>
    /// <param name="password">Its password; may be empty.</param>
    public PlainTextAuthProvider(string username, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentNullException.ThrowIfNull(password);
        _credentials = _ => new((username, password));
        _description = $"{nameof(PlainTextAuthProvider)} {{ Username = {username} }}";
    }

    /// <summary>A user name and password that are asked for at each login, for those that change while the program runs.</summary>
    /// <param name="credentials">
    /// Called for each new connection, by many at once, within <see cref="ClusterOptions.ConnectTimeout"/>; keep an answer if getting it
    /// is slow.
    /// </param>
    public PlainTextAuthProvider(Func<CancellationToken, ValueTask<(string Username, string Password)>> credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        _credentials = credentials;
        _description = nameof(PlainTextAuthProvider);
    }

    /// <summary>
    /// The role to act as after logging in as the user, where the server allows that (DataStax Enterprise: proxy login). Default empty: as
    /// the user.
    /// </summary>
    public string AuthorizationId { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = "";

    /// <summary>A login to DataStax Astra with an application token, which begins with <c>AstraCS:</c>.</summary>
    /// <param name="token">The token; it takes the place of the password, and the user name is <c>token</c>.</param>
    public static PlainTextAuthProvider ForAstra(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return new PlainTextAuthProvider("token", token);
    }

    /// <summary>
    /// A login without user name and password, for clusters of DataStax Enterprise in transitional mode, whose servers ask for a login already and let those in who have none yet.
    /// </summary>
    public static PlainTextAuthProvider Transitional { get; } = new();

    /// <inheritdoc/>
    public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator) => _isAnonymous
        ? PlainTextAuthenticator.Anonymous(serverAuthenticator)
        : new PlainTextAuthenticator(_credentials, AuthorizationId, serverAuthenticator);

    /// <summary>The user name where it is fixed; never the password.</summary>
    public override string ToString() => _description;
}
