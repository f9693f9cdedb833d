namespace Ilium.Protocol;

/// <summary>What the header of a v5 segment says (native protocol v5 §2.1).</summary>
internal readonly struct SegmentHeader
{
    internal SegmentHeader(int payloadLength, int uncompressedLength, bool selfContained)
    {
        PayloadLength = payloadLength;
        UncompressedLength = uncompressedLength;
        SelfContained = selfContained;
    }

    /// <summary>Bytes of payload as sent, compressed or not, without the trailer.</summary>
    internal int PayloadLength { get; }

    /// <summary>Bytes of payload once decompressed; 0 when it was sent as it is.</summary>
    internal int UncompressedLength { get; }

    /// <summary>True when the payload is one or more whole envelopes; false when it is a slice of one.</summary>
    internal bool SelfContained { get; }
}
