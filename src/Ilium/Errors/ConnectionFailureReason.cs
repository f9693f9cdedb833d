namespace Ilium;

/// <summary>Why a connection to a node could not be opened.</summary>
public enum ConnectionFailureReason
{
    /// <summary>A network fault that none of the other reasons names; the inner exception has it.</summary>
    Network = 0,

    /// <summary>The name has no address, or no name server answered.</summary>
    NameNotResolved,

    /// <summary>Nothing listens at that address and port.</summary>
    Refused,

    /// <summary>There is no route to that address.</summary>
    Unreachable,

    /// <summary>The connection was not ready within <see cref="ClusterOptions.ConnectTimeout"/>, or was given up by its caller.</summary>
    TimedOut,

    /// <summary>The server closed or reset the connection before it was ready.</summary>
    Closed,

    /// <summary>The server's certificate does not lead to a trusted authority.</summary>
    TlsUntrustedCertificate,

    /// <summary>The server's certificate is for another name or address.</summary>
    TlsNameMismatch,

    /// <summary>The server's certificate, or one above it, has expired or is not valid yet.</summary>
    TlsCertificateExpired,

    /// <summary>The server's certificate was revoked, or whether it was could not be found out.</summary>
    TlsCertificateRevoked,

    /// <summary>The server wants a client certificate and got none, or did not accept the one it got.</summary>
    TlsClientCertificateRejected,

    /// <summary>The driver's own certificates could not be read: see <see cref="TlsOptions.ReloadCertificates"/>.</summary>
    TlsCertificatesNotLoaded,

    /// <summary>Both sides could not agree on TLS: no common version or cipher, or the server does not speak TLS at that port.</summary>
    TlsHandshake,

    /// <summary>What answered does not speak the native protocol, or no version of it that the driver speaks.</summary>
    ProtocolMismatch,

    /// <summary>The server refused the first messages of the native protocol.</summary>
    Handshake,

    /// <summary>Astra's metadata service answered with an error, or with what can't be understood.</summary>
    AstraMetadata,
}
