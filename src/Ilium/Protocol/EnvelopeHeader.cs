using System.Buffers.Binary;

namespace Ilium.Protocol;

/// <summary>What an envelope is about (native protocol §2.4).</summary>
internal enum Opcode : byte
{
    Error = 0x00,
    Startup = 0x01,
    Ready = 0x02,
    Authenticate = 0x03,
    Options = 0x05,
    Supported = 0x06,
    Query = 0x07,
    Result = 0x08,
    Prepare = 0x09,
    Execute = 0x0A,
    Register = 0x0B,
    Event = 0x0C,
    Batch = 0x0D,
    AuthChallenge = 0x0E,
    AuthResponse = 0x0F,
    AuthSuccess = 0x10,
}

/// <summary>Flags of an envelope (native protocol §2.2).</summary>
[Flags]
internal enum EnvelopeFlags : byte
{
    None = 0,
    Compressed = 0x01,
    Tracing = 0x02,
    CustomPayload = 0x04,
    Warning = 0x08,
    Beta = 0x10,
}

/// <summary>
/// The nine bytes before every message (native protocol §2, v3 to v5): version, flags, stream id, opcode, length of the body.
/// </summary>
internal readonly struct EnvelopeHeader
{
    internal const int Size = 9;
    internal const byte ResponseBit = 0x80;

    private EnvelopeHeader(byte version, EnvelopeFlags flags, short streamId, Opcode opcode, int bodyLength)
    {
        Version = version;
        Flags = flags;
        StreamId = streamId;
        Opcode = opcode;
        BodyLength = bodyLength;
    }

    /// <summary>The version byte as sent, with its direction bit.</summary>
    internal byte Version { get; }

    internal EnvelopeFlags Flags { get; }

    internal short StreamId { get; }

    internal Opcode Opcode { get; }

    /// <summary>As sent: may be negative or huge until somebody has checked it.</summary>
    internal int BodyLength { get; }

    internal static EnvelopeHeader Read(ReadOnlySpan<byte> bytes) => new(
        bytes[0],
        (EnvelopeFlags)bytes[1],
        BinaryPrimitives.ReadInt16BigEndian(bytes[2..]),
        (Opcode)bytes[4],
        BinaryPrimitives.ReadInt32BigEndian(bytes[5..]));

    /// <summary>The same header over a body that has been decompressed.</summary>
    internal EnvelopeHeader WithPlainBody(int length) => new(Version, Flags & ~EnvelopeFlags.Compressed, StreamId, Opcode, length);
}
