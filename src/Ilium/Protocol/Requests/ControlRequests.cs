using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>STARTUP (native protocol §4.1.1).</summary>
internal static class StartupRequest
{
    internal static void Write(CqlWriter writer, IReadOnlyDictionary<string, string> options)
    {
        writer.WriteUInt16((ushort)options.Count);
        foreach (var (key, value) in options)
        {
            writer.WriteString(key);
            writer.WriteString(value);
        }
    }
}

/// <summary>AUTH_RESPONSE (native protocol §4.1.2).</summary>
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

/// <summary>REGISTER (native protocol §4.1.8).</summary>
internal static class RegisterRequest
{
    internal static void Write(CqlWriter writer, IReadOnlyList<string> eventTypes)
    {
        writer.WriteUInt16((ushort)eventTypes.Count);
        foreach (var type in eventTypes)
        {
            writer.WriteString(type);
        }
    }
}
