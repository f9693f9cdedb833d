using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>Takes envelopes as a decoder finds them.</summary>
internal interface IEnvelopeSink
{
    /// <summary>An envelope whose body lies in the receive buffer: valid during the call.</summary>
    void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body);

    /// <summary>An envelope whose body has an array of its own, which is the sink's from here on.</summary>
    void OnEnvelope(in EnvelopeHeader header, PooledBody body);
}
