using System.Net;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>What a handshake ends with: a transport that is ready for requests, and how both sides agreed to speak over it.</summary>
internal sealed class ConnectionSetup
{
    internal required Transport Transport { get; init; }

    internal required FrameReader Frames { get; init; }

    internal required EndPoint EndPoint { get; init; }

    internal required ProtocolVersion Version { get; init; }

    internal required EnvelopeCompressor? Compressor { get; init; }

    /// <summary>What the server said it supports; empty when it was not asked.</summary>
    internal required IReadOnlyDictionary<string, IReadOnlyList<string>> Supported { get; init; }

    internal ServerExtensions Extensions { get; init; } = ServerExtensions.None;

    /// <summary>True when credentials were set and the server did not ask for them.</summary>
    internal bool SkippedAuthentication { get; set; }

    /// <summary>v5 compresses segments, older versions each envelope.</summary>
    internal EnvelopeCompressor? EnvelopeCompressor => Version >= ProtocolVersion.V5 ? null : Compressor;

    internal OutgoingBuffer CreateOutgoingBuffer() =>
        Version >= ProtocolVersion.V5 ? new SegmentBuffer(compress: Compressor is not null) : new EnvelopeBuffer();
}
