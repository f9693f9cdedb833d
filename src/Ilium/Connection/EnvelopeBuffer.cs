namespace Ilium.Connection;

/// <summary>Protocol v3 and v4, and v5 before STARTUP is answered: envelopes one after another.</summary>
internal sealed class EnvelopeBuffer : OutgoingBuffer
{
    internal override void Append(ReadOnlySpan<byte> envelope) => envelope.CopyTo(Reserve(envelope.Length));

    internal override ReadOnlySpan<byte> Seal() => Bytes;
}
