using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>AUTH_CHALLENGE and AUTH_SUCCESS: a token that may be null (native protocol §4.2.7 and §4.2.8).</summary>
internal static class AuthToken
{
    internal static byte[]? Read(ref CqlReader reader)
    {
        var token = reader.ReadBytes(out var isNull);
        return isNull ? null : token.ToArray();
    }
}
