using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Ilium.TestKit;

/// <summary>Reads the protocol's notations (§3) from one message body and complains about everything that doesn't fit.</summary>
public sealed class WireReader(ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private int _position;

    public int Remaining => bytes.Length - _position;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new WireViolationException($"{count} bytes wanted at offset {_position}, {Remaining} left.");
        }

        var taken = bytes.Span.Slice(_position, count);
        _position += count;
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string String() => Text(Take(Short()));

    public string LongString() => Text(Take(Int()));

    public byte[] ShortBytes() => Take(Short()).ToArray();

    /// <summary>[bytes]: null for any negative length.</summary>
    public byte[]? Bytes()
    {
        var length = Int();
        return length < 0 ? null : Take(length).ToArray();
    }

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public IPEndPoint Inet()
    {
        var address = new IPAddress(Take(Byte()));
        return new IPEndPoint(address, Int());
    }

    public IReadOnlyList<string> StringList() => [.. Enumerable.Range(0, Short()).Select(_ => String())];

    public IReadOnlyDictionary<string, string> StringMap()
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = Short(); left > 0; left--)
        {
            if (!map.TryAdd(String(), String()))
            {
                throw new WireViolationException("A key appears twice in a string map.");
            }
        }

        return map;
    }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> StringMultimap()
    {
        var map = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var left = Short(); left > 0; left--)
        {
            var key = String();
            map[key] = StringList();
        }

        return map;
    }

    public IReadOnlyDictionary<string, byte[]?> BytesMap()
    {
        var map = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        for (var left = Short(); left > 0; left--)
        {
            var key = String();
            map[key] = Bytes();
        }

        return map;
    }

    /// <summary>Fails unless everything has been read.</summary>
    public void End()
    {
        if (Remaining > 0)
        {
            throw new WireViolationException($"{Remaining} bytes too many at the end of the message.");
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new WireViolationException($"Text is not UTF-8: {e.Message}");
        }
    }
}
