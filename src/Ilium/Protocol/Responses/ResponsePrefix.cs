using System.Collections.ObjectModel;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// What may stand before the body of an answer, by the header's flags: tracing id, warnings, custom payload, in this order.
/// </summary>
internal readonly struct ResponsePrefix
{
    private const EnvelopeFlags Relevant = EnvelopeFlags.Tracing | EnvelopeFlags.Warning | EnvelopeFlags.CustomPayload;

    private readonly IReadOnlyList<string>? _warnings;
    private readonly IReadOnlyDictionary<string, byte[]>? _payload;

    private ResponsePrefix(Guid? tracingId, IReadOnlyList<string>? warnings, IReadOnlyDictionary<string, byte[]>? payload)
    {
        TracingId = tracingId;
        _warnings = warnings;
        _payload = payload;
    }

    internal Guid? TracingId { get; }

    internal IReadOnlyList<string> Warnings => _warnings ?? [];

    /// <summary>A null value on the wire is an empty array here.</summary>
    internal IReadOnlyDictionary<string, byte[]> Payload => _payload ?? ReadOnlyDictionary<string, byte[]>.Empty;

    internal static ResponsePrefix Read(in EnvelopeHeader header, ref CqlReader reader) =>
        (header.Flags & Relevant) == 0 ? default : ReadPresent(header.Flags, ref reader);

    private static ResponsePrefix ReadPresent(EnvelopeFlags flags, ref CqlReader reader)
    {
        Guid? tracingId = (flags & EnvelopeFlags.Tracing) != 0 ? reader.ReadUuid() : null;
        var warnings = (flags & EnvelopeFlags.Warning) != 0 ? reader.ReadStringList() : null;
        var payload = (flags & EnvelopeFlags.CustomPayload) != 0 ? ReadPayload(ref reader) : null;
        return new ResponsePrefix(tracingId, warnings, payload);
    }

    private static Dictionary<string, byte[]> ReadPayload(ref CqlReader reader)
    {
        int count = reader.ReadUInt16();
        var payload = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadString();
            payload[key] = reader.ReadBytes(out _).ToArray();
        }

        return payload;
    }
}
