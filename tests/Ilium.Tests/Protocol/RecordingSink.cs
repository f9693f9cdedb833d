using System.Buffers;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

/// <summary>Remembers what a decoder found, and whether it gave the array away.</summary>
internal sealed class RecordingSink : IEnvelopeSink
{
    internal List<Found> Envelopes { get; } = [];

    public void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body) =>
        Envelopes.Add(new Found(header, body.ToArray(), Owned: false));

    public void OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length)
    {
        Envelopes.Add(new Found(header, pooledArray.AsSpan(offset, length).ToArray(), Owned: true));
        ArrayPool<byte>.Shared.Return(pooledArray);
    }

    internal sealed record Found(EnvelopeHeader Header, byte[] Body, bool Owned);
}
