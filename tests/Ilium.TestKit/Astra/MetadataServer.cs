using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text;

namespace Ilium.TestKit;

/// <summary>
/// A metadata service as Astra has one: HTTPS with a client certificate, which says where the proxy is and which nodes are behind it. A test may have it say anything,
/// or nothing.
/// </summary>
public sealed class MetadataServer : IAsyncDisposable
{
    private readonly TlsListener _listener;
    private readonly WaitableLog<string> _requests = new();

    public MetadataServer(TlsListenerOptions options)
    {
        _listener = new TlsListener(options, Serve);
    }

    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>The bytes of each answer from now on; null to keep silent. See <see cref="Answer"/> and <see cref="Contacts"/>.</summary>
    public Func<byte[]?> Respond { get; set; } = static () => Answer(404, "");

    /// <summary>The requests so far, each with its headers.</summary>
    public IReadOnlyList<string> Requests => _requests.Snapshot();

    public Task<Exception> WaitForFailureAsync(CancellationToken cancellationToken = default) => _listener.WaitForFailureAsync(cancellationToken);

    /// <summary>Completes once so many requests have come.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellationToken = default) =>
        _requests.WaitForAsync(_ => true, count, TimeSpan.FromSeconds(30), cancellationToken);

    /// <summary>A whole answer.</summary>
    public static byte[] Answer(int status, string body, string headers = "") =>
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Any\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    /// <summary>What the service says of a database that works.</summary>
    public static string Contacts(string proxy, IEnumerable<Guid> hostIds, string dataCenter = "dc1") =>
        $$"""
        { "version": 1, "region": "test", "contact_info": { "type": "sni_proxy", "local_dc": "{{dataCenter}}",
        "contact_points": [{{string.Join(", ", hostIds.Select(static hostId => $"\"{hostId}\""))}}], "sni_proxy_address": "{{proxy}}" } }
        """;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private void Serve(SslStream tls, string serverName)
    {
        var request = new StringBuilder();
        var buffer = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (tls.Read(buffer) == 0)
            {
                return;
            }

            request.Append((char)buffer[0]);
        }

        _requests.Add(request.ToString());
        if (Respond() is { } answer)
        {
            tls.Write(answer);
        }

        // Until the client goes, as servers do that keep connections.
        while (tls.Read(buffer) > 0)
        {
        }
    }
}
