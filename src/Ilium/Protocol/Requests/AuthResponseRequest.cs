using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>AUTH_RESPONSE: one [bytes] token, which may be null (native protocol §4.1.2).</summary>
internal static class AuthResponseRequest
{
    internal static void Write(CqlWriter writer, ReadOnlySpan<byte> token, bool isNull)
    {
        if (isNull)
        {
            writer.WriteInt32(-1);
        }
        else
        {
            writer.WriteBytes(token);
        }
    }
}
