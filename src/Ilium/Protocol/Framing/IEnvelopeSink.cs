namespace Ilium.Protocol;

/// <summary>
/// Who gets the envelopes a <see cref="FrameDecoder"/> finds. Must not throw: that would lose the bytes after the envelope.
/// </summary>
internal interface IEnvelopeSink
{
    /// <summary>A whole envelope; <paramref name="body"/> is the receiver's memory and must be copied to outlive the call.</summary>
    void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body);

    /// <summary>
    /// A whole envelope whose body had to be put together or decompressed. The array is from <c>ArrayPool&lt;byte&gt;.Shared</c> and
    /// belongs to the sink from here on.
    /// </summary>
    void OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length);
}
