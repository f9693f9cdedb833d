using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>AUTHENTICATE: the Java class of the server's authenticator (native protocol §4.2.3).</summary>
internal static class AuthenticateResponse
{
    internal static string Read(ref CqlReader reader) => reader.ReadString();
}
