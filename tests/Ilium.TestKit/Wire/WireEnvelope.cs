using System.Buffers.Binary;

namespace Ilium.TestKit;

/// <summary>One message: nine bytes of header and a body (§2). The body is as on the wire, possibly compressed.</summary>
public sealed record WireEnvelope(byte VersionByte, WireFlags Flags, short StreamId, WireOpcode Opcode, ReadOnlyMemory<byte> Body)
{
    public const int HeaderSize = 9;

    public int Version => VersionByte & 0x7F;

    public bool IsResponse => (VersionByte & 0x80) != 0;

    public byte[] ToArray()
    {
        var bytes = new byte[HeaderSize + Body.Length];
        bytes[0] = VersionByte;
        bytes[1] = (byte)Flags;
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2), StreamId);
        bytes[4] = (byte)Opcode;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Body.Length);
        Body.CopyTo(bytes.AsMemory(HeaderSize));
        return bytes;
    }

    /// <summary>The first envelope of the bytes, or null when it isn't complete yet; <paramref name="length"/> is what it takes.</summary>
    public static WireEnvelope? TryParse(ReadOnlyMemory<byte> bytes, out int length)
    {
        length = 0;
        var span = bytes.Span;
        if (span.Length < HeaderSize)
        {
            return null;
        }

        var bodyLength = BinaryPrimitives.ReadInt32BigEndian(span[5..]);
        if (bodyLength is < 0 or > 256 * 1024 * 1024)
        {
            throw new WireViolationException($"An envelope claims a body of {bodyLength} bytes.");
        }

        if (span.Length - HeaderSize < bodyLength)
        {
            return null;
        }

        length = HeaderSize + bodyLength;
        var streamId = BinaryPrimitives.ReadInt16BigEndian(span[2..]);
        return new WireEnvelope(span[0], (WireFlags)span[1], streamId, (WireOpcode)span[4], bytes.Slice(HeaderSize, bodyLength).ToArray());
    }
}
