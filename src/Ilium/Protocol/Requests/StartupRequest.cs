using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>STARTUP: a [string map] of options (native protocol §4.1.1).</summary>
internal static class StartupRequest
{
    internal static void Write(CqlWriter writer, IReadOnlyDictionary<string, string> options)
    {
        writer.WriteUInt16(checked((ushort)options.Count));
        foreach (var (name, value) in options)
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }
    }
}
