using System.Text;

namespace Ilium.Connection;

/// <summary>SASL PLAIN (RFC 4616): authorization id, NUL, user, NUL, password, all UTF-8.</summary>
internal sealed class PlainTextAuthenticator : Authenticator
{
    // DataStax Enterprise lets the client choose among methods first: it answers "PLAIN" with "PLAIN-START", and wants the token then.
    internal const string NegotiatingServer = "com.datastax.bdp.cassandra.auth.DseAuthenticator";

    private readonly Func<CancellationToken, ValueTask<(string Username, string Password)>> _credentials;
    private readonly string _authorizationId;
    private readonly bool _negotiates;
    private readonly bool _isAnonymous;

    internal PlainTextAuthenticator(
        Func<CancellationToken, ValueTask<(string Username, string Password)>> credentials,
        string authorizationId,
        string serverAuthenticator)
    {
        _credentials = credentials;
        _authorizationId = authorizationId;
        _negotiates = serverAuthenticator == NegotiatingServer;
    }

    private PlainTextAuthenticator(string serverAuthenticator)
        : this(static _ => new(("", "")), "", serverAuthenticator)
    {
        _isAnonymous = true;
    }

    /// <summary>Sends neither user name nor password.</summary>
    internal static PlainTextAuthenticator Anonymous(string serverAuthenticator) => new(serverAuthenticator);

    public override ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default) =>
        _negotiates ? new("PLAIN"u8.ToArray()) : TokenAsync(cancellationToken);

    public override ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(
        ReadOnlyMemory<byte> challenge,
        CancellationToken cancellationToken = default) =>
        challenge.Span.SequenceEqual("PLAIN-START"u8)
            ? TokenAsync(cancellationToken)
            : base.EvaluateChallengeAsync(challenge, cancellationToken);

    private async ValueTask<ReadOnlyMemory<byte>?> TokenAsync(CancellationToken cancellationToken)
    {
        var (username, password) = await _credentials(cancellationToken).ConfigureAwait(false);
        if ((string.IsNullOrEmpty(username) && !_isAnonymous) || password is null)
        {
            throw new InvalidOperationException("The credentials callback gave no user name or no password.");
        }

        var utf8 = Encoding.UTF8;
        var token = new byte[utf8.GetByteCount(_authorizationId) + 1 + utf8.GetByteCount(username) + 1 + utf8.GetByteCount(password)];
        var at = utf8.GetBytes(_authorizationId, token) + 1;
        at += utf8.GetBytes(username, token.AsSpan(at)) + 1;
        utf8.GetBytes(password, token.AsSpan(at));
        return token;
    }
}
