using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ilium.Buffers;

/// <summary>
/// A cursor over received bytes, big-endian, with one bounds check per read. Whatever is short, negative or not UTF-8 is a
/// <see cref="MalformedResponseException"/> that says at which offset.
/// </summary>
internal ref struct CqlReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    internal CqlReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    internal readonly int Position => _position;

    internal readonly int Remaining => _bytes.Length - _position;

    /// <summary>What has been read since a position.</summary>
    internal readonly ReadOnlySpan<byte> Since(int start) => _bytes[start.._position];

    /// <summary>Moves past these bytes if they come next.</summary>
    internal bool TryMatch(ReadOnlySpan<byte> expected)
    {
        if (expected.IsEmpty || !_bytes[_position..].StartsWith(expected))
        {
            return false;
        }

        _position += expected.Length;
        return true;
    }

    internal byte ReadByte() => Take(1)[0];

    internal short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    internal ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    internal int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    internal long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    internal Guid ReadUuid() => new(Take(16), bigEndian: true);

    internal ReadOnlySpan<byte> ReadRaw(int count) => Take(count);

    /// <summary>[string].</summary>
    internal string ReadString() => Decode(Take(ReadUInt16()));

    /// <summary>[long string].</summary>
    internal string ReadLongString() => Decode(Take(ReadInt32()));

    /// <summary>[bytes]; a negative length is null and gives an empty span with <paramref name="isNull"/> set.</summary>
    internal ReadOnlySpan<byte> ReadBytes(out bool isNull)
    {
        var length = ReadInt32();
        isNull = length < 0;
        return isNull ? default : Take(length);
    }

    /// <summary>[short bytes].</summary>
    internal ReadOnlySpan<byte> ReadShortBytes() => Take(ReadUInt16());

    /// <summary>[string list]. Grows as it reads: the count alone takes no memory.</summary>
    internal List<string> ReadStringList()
    {
        int count = ReadUInt16();
        var list = new List<string>();
        for (var i = 0; i < count; i++)
        {
            list.Add(ReadString());
        }

        return list;
    }

    /// <summary>[inetaddr]: a length byte and 4 or 16 bytes, without a port.</summary>
    internal IPAddress ReadInetAddress()
    {
        int length = ReadByte();
        if (length is not (4 or 16))
        {
            Throw($"an address of {length} bytes (4 or 16 expected)");
        }

        return new IPAddress(Take(length));
    }

    /// <summary>[inet]: an address and a 32-bit port.</summary>
    internal IPEndPoint ReadInet()
    {
        var address = ReadInetAddress();
        var port = ReadInt32();
        if ((uint)port > ushort.MaxValue)
        {
            Throw($"port {port}");
        }

        return new IPEndPoint(address, port);
    }

    /// <summary>A count from the wire that is about to be looped over: never negative, and never more than the bytes left could hold.</summary>
    internal int ReadCount(int smallestItem)
    {
        var count = ReadInt32();
        if (count < 0 || (long)count * smallestItem > Remaining)
        {
            Throw($"a count of {count} with {Remaining} bytes left");
        }

        return count;
    }

    [DoesNotReturn]
    internal readonly void Throw(string what) => throw new MalformedResponseException($"The server sent {what}, at offset {_position} of {_bytes.Length}.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int count)
    {
        var position = _position;
        if ((uint)count > (uint)(_bytes.Length - position))
        {
            Throw($"a value of {count} bytes with {Remaining} left");
        }

        _position = position + count;
        return _bytes.Slice(position, count);
    }

    private readonly string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            Throw("text that is not UTF-8");
            return null!;
        }
    }
}
