using System.Diagnostics.CodeAnalysis;

namespace Ilium.Protocol;

/// <summary>Reads the header of a response and refuses what this connection can't have been sent.</summary>
internal readonly struct EnvelopeRules
{
    private const short EventStreamId = -1;
    private const int LastVersionWithShortHeader = 2;
    private const int LastKnownVersion = 6;
    private const int FirstDseVersion = 0x41;
    private const int LastDseVersion = 0x42;

    private readonly byte _versionByte;
    private readonly int _maxBodyLength;

    internal EnvelopeRules(ProtocolVersion version, int maxBodyLength)
    {
        _versionByte = (byte)((byte)version | EnvelopeHeader.ResponseBit);
        _maxBodyLength = maxBodyLength;
    }

    internal int MaxBodyLength => _maxBodyLength;

    /// <summary>Refuses a wrong first byte before the other eight are waited for: a v1 or v2 server sends a shorter header.</summary>
    internal void CheckFirst(byte versionByte)
    {
        if (versionByte != _versionByte && !IsOtherVersionWithSameHeader(versionByte))
        {
            ThrowVersion(versionByte);
        }
    }

    internal EnvelopeHeader Read(ReadOnlySpan<byte> bytes)
    {
        var header = EnvelopeHeader.Read(bytes);
        if (header.Version != _versionByte)
        {
            CheckFirst(header.Version);

            // How a server refuses the version it was asked for: an ERROR in the version it does speak.
            if (header.Opcode != Opcode.Error)
            {
                ThrowVersion(header.Version);
            }
        }

        if ((uint)header.BodyLength > (uint)_maxBodyLength)
        {
            ThrowLength(header.BodyLength);
        }

        if (header.StreamId < EventStreamId)
        {
            throw new MalformedResponseException($"The server answered on stream {header.StreamId}; only -1 (events) may be negative.");
        }

        return header;
    }

    private static bool IsOtherVersionWithSameHeader(byte versionByte)
    {
        var version = versionByte & ~EnvelopeHeader.ResponseBit;
        return (versionByte & EnvelopeHeader.ResponseBit) != 0
            && version is (> LastVersionWithShortHeader and <= LastKnownVersion) or (>= FirstDseVersion and <= LastDseVersion);
    }

    [DoesNotReturn]
    private void ThrowVersion(byte versionByte)
    {
        var expected = _versionByte & ~EnvelopeHeader.ResponseBit;
        var version = versionByte & ~EnvelopeHeader.ResponseBit;
        if ((versionByte & EnvelopeHeader.ResponseBit) == 0)
        {
            throw new MalformedResponseException(version == expected
                ? $"The server sent a request (version byte 0x{versionByte:X2}) where an answer was due."
                : $"The server's answer begins with 0x{versionByte:X2}: this is not the native protocol. "
                    + "Is the port right, and is TLS on at one end only?");
        }

        throw new MalformedResponseException(version is > 0 and <= LastVersionWithShortHeader
            ? $"The server's answer looks like protocol v{version}, which is not supported; v{expected} was spoken."
            : $"The server answered in protocol version {version} (version byte 0x{versionByte:X2}) to v{expected}.");
    }

    [DoesNotReturn]
    private void ThrowLength(int length) => throw new MalformedResponseException(length < 0
        ? $"The server sent an envelope with a negative length ({length})."
        : $"The server sent an envelope of {length} bytes; at most {_maxBodyLength} are accepted.");
}
