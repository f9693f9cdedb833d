using System.Buffers.Binary;
using System.IO.Hashing;

namespace Ilium;

/// <summary>
/// Where the next page of a statement begins. It can be stored (<see cref="ToBytes"/>, <see cref="ToToken"/>), read again in another
/// process, and used with the same statement, values and keyspace only: anything else is refused with <see cref="PagingStateException"/> before
/// it reaches a server.
/// </summary>
/// <remarks>
/// The server's part of the state can hold key values of the last row: treat a stored state like the data it came from. The mark of
/// the statement guards against mistakes, not against forgery.
/// </remarks>
public sealed class PagingState : IEquatable<PagingState>
{
    // 'P', format 1, protocol version, check sum of all that follows, mark of the statement, then the server's bytes.
    private const int HeaderSize = 3 + sizeof(uint) + sizeof(ulong);
    private const byte Magic = (byte)'P';
    private const byte Format = 1;

    private readonly byte[] _serverState;
    private readonly ulong _statementMark;

    internal PagingState(byte[] serverState, ProtocolVersion version, ulong statementMark)
    {
        _serverState = serverState;
        Version = version;
        _statementMark = statementMark;
    }

    internal ProtocolVersion Version { get; }

    internal ReadOnlyMemory<byte> ServerState => _serverState;

    /// <summary>Reads a state written by <see cref="ToBytes"/>.</summary>
    /// <param name="bytes">The whole state.</param>
    /// <exception cref="PagingStateException">The bytes are not a paging state, or were damaged.</exception>
    public static PagingState FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || bytes[0] != Magic)
        {
            throw new PagingStateException(PagingStateFault.Corrupt, $"These {bytes.Length} bytes are not a paging state of Ilium.");
        }

        if (bytes[1] != Format)
        {
            throw new PagingStateException(PagingStateFault.Corrupt, $"This paging state has format {bytes[1]}; this version of Ilium reads format {Format}. Query from the first page.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[3..]) != Crc32.HashToUInt32(bytes[7..]))
        {
            throw new PagingStateException(PagingStateFault.Corrupt, "This paging state was cut or changed since it was stored: its check sum does not match.");
        }

        return new PagingState(
            bytes[HeaderSize..].ToArray(), (ProtocolVersion)bytes[2], BinaryPrimitives.ReadUInt64LittleEndian(bytes[7..]));
    }

    /// <summary>Reads a state written by <see cref="ToToken"/>.</summary>
    /// <param name="token">The whole token.</param>
    /// <exception cref="PagingStateException">The text is not a paging state, or was damaged.</exception>
    public static PagingState FromToken(string token)
    {
        byte[] bytes;
        try
        {
            bytes = System.Buffers.Text.Base64Url.DecodeFromChars(token);
        }
        catch (FormatException e)
        {
            throw new PagingStateException(PagingStateFault.Corrupt, "This text is not a paging state: it is not base64url.", e);
        }

        return FromBytes(bytes);
    }

    /// <summary>The state as bytes, to be stored.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderSize + _serverState.Length];
        bytes[0] = Magic;
        bytes[1] = Format;
        bytes[2] = (byte)Version;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(7), _statementMark);
        _serverState.CopyTo(bytes, HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(3), Crc32.HashToUInt32(bytes.AsSpan(7)));
        return bytes;
    }

    /// <summary>The state as text that is safe in a URL.</summary>
    public string ToToken() => System.Buffers.Text.Base64Url.EncodeToString(ToBytes());

    /// <summary>True when both mark the same place of the same statement.</summary>
    public bool Equals(PagingState? other) =>
        other is not null && Version == other.Version && _statementMark == other._statementMark && _serverState.AsSpan().SequenceEqual(other._serverState);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as PagingState);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_statementMark, _serverState.Length);

    /// <summary>The size of the state; not its content, which may hold data.</summary>
    public override string ToString() => $"PagingState({_serverState.Length} bytes)";

    /// <summary>Refuses a state of another statement or protocol version.</summary>
    internal void Check(ProtocolVersion version, ulong statementMark)
    {
        if (statementMark != _statementMark)
        {
            throw new PagingStateException(PagingStateFault.OtherStatement, "This paging state belongs to another statement, or to the same statement with other values or in another keyspace. Pages can only be continued with what began them.");
        }

        if (version != Version)
        {
            throw new PagingStateException(
                PagingStateFault.OtherProtocolVersion,
                $"This paging state was made under protocol {Version} and this cluster speaks {version}; servers don't read each other's states. Query from the first page, or pin ClusterOptions.ProtocolVersion.");
        }
    }
}
