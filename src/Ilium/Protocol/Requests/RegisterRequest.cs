using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// REGISTER: a [string list] of event types (native protocol §4.1.8). A server refuses the whole list for one word it does not know.
/// </summary>
internal static class RegisterRequest
{
    internal static void Write(CqlWriter writer, IReadOnlyList<string> eventTypes)
    {
        writer.WriteUInt16(checked((ushort)eventTypes.Count));
        foreach (var eventType in eventTypes)
        {
            writer.WriteString(eventType);
        }
    }
}
