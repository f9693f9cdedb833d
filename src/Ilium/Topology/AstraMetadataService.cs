using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Ilium.Connection;
using Ilium.Errors;

namespace Ilium.Topology;

/// <summary>
/// Asks an Astra database's metadata service where the nodes are: one GET over HTTPS with the bundle's client certificate, against the bundle's authority and the
/// service's own name. Redirections are not followed, and proxies of the environment not used: the answer decides where passwords are sent.
/// </summary>
internal sealed class AstraMetadataService(ClusterOptions options, AstraIdentity identity, Action<AstraBundle, AstraMetadata> read)
{
    // A thousand nodes would take 40 KB.
    internal const int LargestAnswer = 256 * 1024;

    /// <exception cref="ConnectionFailedException">Whatever went wrong.</exception>
    internal async Task<AstraMetadata> ReadAsync(CancellationToken cancellationToken)
    {
        var (bundle, certificates) = identity.Newest();
        var service = new DnsEndPoint(bundle.MetadataHost, bundle.MetadataPort);
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var verdict = CertificateVerdict.ForBundle(bundle.MetadataHost);
        try
        {
            var metadata = AstraMetadata.Parse(await GetAsync(bundle, TlsAuthentication.Create(certificates, certificates, verdict), either.Token).Inline());
            read(bundle, metadata);
            return metadata;
        }
        catch (Exception e) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed(
                ConnectionFailureReason.TimedOut,
                $"did not answer within ClusterOptions.ConnectTimeout ({options.ConnectTimeout}). Is the database active, and may this machine connect to that port?", e);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            var what = e is JsonException ? "is not JSON" : e.Message;
            throw Failed(ConnectionFailureReason.AstraMetadata, $"gave an answer that {what}.", e);
        }
        catch (HttpStatusException e)
        {
            throw Failed(ConnectionFailureReason.AstraMetadata, e.Message, null);
        }
        catch (Exception e) when (verdict.Refused is { } refused)
        {
            throw Failed(refused, $"was refused: {verdict.Explanation}.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException)
        {
            throw Explain(e);
        }

        ConnectionFailedException Failed(ConnectionFailureReason reason, string what, Exception? cause) =>
            new(service, reason, $"The Astra metadata service at {EndPointText.Format(service)} {what}{Expiry()}", cause);

        ConnectionFailedException Explain(Exception error)
        {
            if (TlsAlert.IsAboutCertificate(error))
            {
                return Failed(ConnectionFailureReason.TlsClientCertificateRejected, "refused the bundle's client certificate: download the bundle again.", error);
            }

            for (var cause = error; cause is not null; cause = cause.InnerException)
            {
                if (cause is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain })
                {
                    return Failed(
                        ConnectionFailureReason.NameNotResolved, $"has no address ({cause.Message}): was the database deleted, or is there no name server to ask?", error);
                }

                if (cause is SocketException socket)
                {
                    return Failed(SocketFault.Explain(socket.SocketErrorCode).Reason, $"can't be reached ({socket.Message}).", error);
                }
            }

            return error is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse }
                ? Failed(ConnectionFailureReason.AstraMetadata, $"does not answer as HTTP servers do ({error.Message}).", error)
                : Failed(ConnectionFailureReason.Closed, $"ended the connection ({error.Message}{Inner(error)}). It does so when it does not take the bundle's client certificate.", error);
        }

        string Expiry() => bundle.CertificateExpires < options.TimeProvider.GetUtcNow()
            ? string.Create(CultureInfo.InvariantCulture, $" The certificate of the bundle ended on {bundle.CertificateExpires:u}: download a new bundle.")
            : "";
    }

    private static async Task<ReadOnlyMemory<byte>> GetAsync(AstraBundle bundle, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = tls,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            // The service is no part of the application's traces, and need not know their ids.
            ActivityHeadersPropagator = null,
        };
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Uri.UriSchemeHttps, bundle.MetadataHost, bundle.MetadataPort, "/metadata").Uri);
        using var response = await client.SendAsync(request, cancellationToken).Inline();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpStatusException(response.StatusCode);
        }

        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).Inline();
        var buffer = new byte[LargestAnswer + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).AsTask().Inline();
        return length <= LargestAnswer ? buffer.AsMemory(0, length) : throw new InvalidDataException($"has more than {LargestAnswer / 1024} KiB");
    }

    private static string Inner(Exception error) => error.InnerException is { } inner ? $" {inner.Message}" : "";

    private sealed class HttpStatusException(HttpStatusCode code) : Exception(
        string.Create(CultureInfo.InvariantCulture, $"answered with status {(int)code}") + code switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": it does not take the bundle's client certificate. Download the bundle again.",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => ": the driver follows no redirection, since the answer decides where credentials are sent.",
            HttpStatusCode.NotFound => ": was the database deleted?",
            _ => ".",
        });
}
