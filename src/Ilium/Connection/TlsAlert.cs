using System.ComponentModel;

namespace Ilium.Connection;

/// <summary>
/// Reads from an exception of the TLS library which alert the other side sent (RFC 8446 §6.2), by error code: the texts differ between
/// versions and languages.
/// </summary>
internal static class TlsAlert
{
    // OpenSSL: library 20 (TLS) in bits 23 to 30, and alerts as reasons from 1000 on.
    private const int OpenSslLibraryShift = 23;
    private const int OpenSslTlsLibrary = 20;
    private const int OpenSslReasonMask = (1 << OpenSslLibraryShift) - 1;
    private const int OpenSslFirstAlert = 1000;
    private const int LastAlert = 255;

    // Windows: SEC_E_UNTRUSTED_ROOT, SEC_E_CERT_UNKNOWN, SEC_E_CERT_EXPIRED.
    private static readonly int[] WindowsCertificateErrors =
        [unchecked((int)0x80090325), unchecked((int)0x80090327), unchecked((int)0x80090328)];

    /// <summary>True when the failure came out of TLS rather than from the network below it.</summary>
    internal static bool IsFrom(Exception error) => Number(error) is not null || WindowsError(error);

    /// <summary>True when the alert is about the certificate this side showed, or did not show.</summary>
    internal static bool IsAboutCertificate(Exception error) =>
        Number(error) is (>= 42 and <= 46) or 48 or 49 or 116 || WindowsError(error);

    /// <summary>The number of the alert, or null.</summary>
    internal static int? Number(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            var code = error.HResult;
            var alert = (code & OpenSslReasonMask) - OpenSslFirstAlert;
            if (code >>> OpenSslLibraryShift == OpenSslTlsLibrary && alert is >= 0 and <= LastAlert)
            {
                return alert;
            }
        }

        return null;
    }

    private static bool WindowsError(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is Win32Exception { NativeErrorCode: var code } && WindowsCertificateErrors.Contains(code))
            {
                return true;
            }
        }

        return false;
    }
}
