using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>TLS over another transport, with the same promises: sending never blocks, reading blocks the reader only.</summary>
/// <remarks>
/// A record cannot be taken back once it is encrypted, but the socket may take half of it. The rest waits in <see cref="CipherStream"/>,
/// and to the caller one byte of it counts as not sent (<see cref="_owed"/>): so it comes again, as it would for a plain socket, and the
/// rest never lies here with nobody to push it. At most one chunk waits like that.
/// </remarks>
internal sealed class TlsTransport : Transport
{
    // Four full records to one call into the kernel, and the bound on what waits here when the peer stops reading.
    private const int ChunkBytes = 64 * 1024;

    private readonly Transport _inner;
    private readonly CipherStream _cipher;
    private readonly SslStream _tls;
    private readonly EndPoint _target;
    private readonly bool _certificateMissing;

    // Bytes at the head of the caller's next batch that were encrypted already: 0 or 1. The sender's.
    private int _owed;

    // The reader's.
    private bool _heard;

    /// <param name="inner">What carries the ciphertext.</param>
    /// <param name="cipher">Stands on <paramref name="inner"/>.</param>
    /// <param name="tls">Stands on <paramref name="cipher"/>, its handshake done.</param>
    /// <param name="target">What error messages call the node.</param>
    /// <param name="certificateMissing">The server asked for a client certificate and there was none to show.</param>
    internal TlsTransport(Transport inner, CipherStream cipher, SslStream tls, EndPoint target, bool certificateMissing)
    {
        _inner = inner;
        _cipher = cipher;
        _tls = tls;
        _target = target;
        _certificateMissing = certificateMissing;
    }

    internal override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    internal override int Receive(Span<byte> buffer, bool likely)
    {
        _cipher.Likely = likely;
        if (_heard)
        {
            return _tls.Read(buffer);
        }

        try
        {
            var count = _tls.Read(buffer);
            _heard = count > 0 || !_certificateMissing;
            return _heard ? count : throw TlsHandshake.ClientCertificateRejected(_target, null);
        }
        catch (IOException e) when (TlsAlert.IsFrom(e))
        {
            // In TLS 1.3 the client has finished before the server looks at the client's certificate: its verdict is the first thing read,
            // either as an alert or, from servers that don't say why, as the end.
            throw TlsHandshake.ClientCertificateRejected(_target, e);
        }
    }

    internal override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !_cipher.TryFlush())
        {
            return 0;
        }

        var taken = _owed;
        _owed = 0;
        while (taken < bytes.Length)
        {
            var chunk = bytes.Slice(taken, Math.Min(ChunkBytes, bytes.Length - taken));
            _tls.Write(chunk);
            taken += chunk.Length;
            if (!_cipher.TryFlush())
            {
                _owed = 1;
                return taken - 1;
            }
        }

        return taken;
    }

    internal override void WaitWritable() => _inner.WaitWritable();

    internal override void Close()
    {
        // First the socket, which wakes whoever sleeps on it. No close_notify: CQL frames say themselves where they end.
        _inner.Close();
        _tls.Dispose();
    }
}
