using System.Net;

namespace Ilium;

/// <summary>
/// Makes one <see cref="Authenticator"/> for each connection that must log in. <see cref="PlainTextAuthProvider"/> does user name and
/// password; derive from this for tokens, Kerberos or anything else that speaks SASL. Used by many threads at once.
/// </summary>
public abstract class AuthProvider
{
    /// <summary>Called once for each connection whose server asks for a login.</summary>
    /// <param name="endPoint">The node that asks.</param>
    /// <param name="serverAuthenticator">
    /// The class name the server gives for its method, such as <c>org.apache.cassandra.auth.PasswordAuthenticator</c>.
    /// </param>
    public abstract Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator);
}
