using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Text;

namespace Ilium.Connection;

/// <summary>
/// SASL GSSAPI (RFC 4752): tokens of Kerberos until both sides are proven, then an agreement, wrapped, on what protects the messages that follow: nothing, since there is TLS.
/// </summary>
internal sealed class GssapiAuthenticator(GssapiAuthProvider provider, EndPoint endPoint, string serverAuthenticator) : Authenticator, IDisposable
{
    // RFC 4752 §3.3: the first byte says which protections there are, the other three the largest message.
    private const byte NoProtection = 1;
    private const int AgreementLength = 4;

    private readonly bool _choosesMethod = serverAuthenticator == PlainTextAuthenticator.NegotiatingServer;
    private NegotiateAuthentication? _context;
    private string _target = "";
    private bool _isProven;
    private bool _isAgreed;

    public override async ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default)
    {
        _target = $"{provider.Service}/{await provider.HostAsync(endPoint, cancellationToken).Inline()}";
        return _choosesMethod ? "GSSAPI"u8.ToArray() : Begin();
    }

    public override ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken = default)
    {
        if (_context is null)
        {
            return challenge.Span.SequenceEqual("GSSAPI-START"u8)
                ? new(Begin())
                : throw new AuthenticationFailedException("The server began the login by GSSAPI with what is not GSSAPI-START: does it take Kerberos?");
        }

        return new(_isProven ? Agree(_context, challenge.Span) : Step(_context, challenge.Span));
    }

    public override ValueTask OnSuccessAsync(ReadOnlyMemory<byte> token, CancellationToken cancellationToken = default) => _isAgreed
        ? default
        : throw new AuthenticationFailedException(
            $"The server ended the login by Kerberos before it had proven to be '{_target}'. It is not trusted: does it take this login at all (its authenticator is {serverAuthenticator})?");

    public void Dispose() => _context?.Dispose();

    private ReadOnlyMemory<byte>? Begin()
    {
        _context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = "Kerberos",
            TargetName = _target,
            Credential = provider.Credential ?? CredentialCache.DefaultNetworkCredentials,
            RequireMutualAuthentication = true,
            // What wraps the agreement.
            RequiredProtectionLevel = ProtectionLevel.Sign,
        });
        return Step(_context, []);
    }

    private ReadOnlyMemory<byte>? Step(NegotiateAuthentication context, ReadOnlySpan<byte> token)
    {
        var answer = context.GetOutgoingBlob(token, out var status);
        switch (status)
        {
            case NegotiateAuthenticationStatusCode.ContinueNeeded:
                return answer ?? [];
            case NegotiateAuthenticationStatusCode.Completed:
                _isProven = true;
                // The server is to speak next, with the agreement, whether or not there is something left to say.
                return answer ?? [];
            default:
                throw new AuthenticationFailedException($"Kerberos gave no login to '{_target}' ({status}): {Advice(status)}.");
        }
    }

    private byte[] Agree(NegotiateAuthentication context, ReadOnlySpan<byte> challenge)
    {
        var offer = new ArrayBufferWriter<byte>();
        var status = context.Unwrap(challenge, offer, out _);
        if (status != NegotiateAuthenticationStatusCode.Completed || offer.WrittenCount != AgreementLength)
        {
            throw new AuthenticationFailedException($"The server's last message of the login by Kerberos can't be read ({status}, {offer.WrittenCount} bytes).");
        }

        if ((offer.WrittenSpan[0] & NoProtection) == 0)
        {
            throw new AuthenticationFailedException(
                "The server wants messages signed or encrypted by Kerberos, which the native protocol has no place for: set its quality of protection to auth, and use TLS.");
        }

        var answer = new byte[AgreementLength + Encoding.UTF8.GetByteCount(provider.AuthorizationId)];
        answer[0] = NoProtection;
        Encoding.UTF8.GetBytes(provider.AuthorizationId, answer.AsSpan(AgreementLength));
        var wrapped = new ArrayBufferWriter<byte>();
        status = context.Wrap(answer, wrapped, requestEncryption: false, out _);
        if (status != NegotiateAuthenticationStatusCode.Completed)
        {
            throw new AuthenticationFailedException($"The last message of the login by Kerberos could not be signed ({status}).");
        }

        _isAgreed = true;
        return wrapped.WrittenSpan.ToArray();
    }

    private static string Advice(NegotiateAuthenticationStatusCode status) => status switch
    {
        NegotiateAuthenticationStatusCode.Unsupported =>
            "this system has no Kerberos for programs; on Linux the library libgssapi_krb5 is missing",
        NegotiateAuthenticationStatusCode.TargetUnknown =>
            "there is no such principal; see GssapiAuthProvider.Service, HostNameFor and ReverseLookup",
        NegotiateAuthenticationStatusCode.CredentialsExpired or NegotiateAuthenticationStatusCode.ContextExpired => "the ticket has expired; run kinit",
        NegotiateAuthenticationStatusCode.UnknownCredentials or NegotiateAuthenticationStatusCode.InvalidCredentials =>
            "there is no ticket that will do; run kinit, or set GssapiAuthProvider.Credential",
        _ => "is there a ticket (klist), and a principal of that name? See GssapiAuthProvider.Service, HostNameFor and ReverseLookup",
    };
}
