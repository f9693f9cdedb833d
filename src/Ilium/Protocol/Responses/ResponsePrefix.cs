using System.Collections.Frozen;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>What can stand before the body proper of an answer: tracing id, then warnings, then payload (native protocol §2.2).</summary>
internal readonly struct ResponsePrefix
{
    private ResponsePrefix(Guid? tracingId, IReadOnlyList<string> warnings, IReadOnlyDictionary<string, byte[]> payload)
    {
        TracingId = tracingId;
        Warnings = warnings;
        Payload = payload;
    }

    internal Guid? TracingId { get; }

    internal IReadOnlyList<string> Warnings { get; }

    internal IReadOnlyDictionary<string, byte[]> Payload { get; }

    internal bool IsEmpty => TracingId is null && Warnings.Count == 0 && Payload.Count == 0;

    internal static ResponsePrefix Read(in EnvelopeHeader header, ref CqlReader reader)
    {
        var flags = header.Flags;
        return new ResponsePrefix(
            (flags & EnvelopeFlags.Tracing) != 0 ? reader.ReadUuid() : null,
            (flags & EnvelopeFlags.Warning) != 0 ? reader.ReadStringList() : [],
            (flags & EnvelopeFlags.CustomPayload) != 0 ? ReadPayload(ref reader) : FrozenDictionary<string, byte[]>.Empty);
    }

    private static Dictionary<string, byte[]> ReadPayload(ref CqlReader reader)
    {
        var payload = new Dictionary<string, byte[]>();
        int count = reader.ReadUInt16();
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadString();
            payload[key] = reader.ReadBytes(out _).ToArray();
        }

        return payload;
    }
}
