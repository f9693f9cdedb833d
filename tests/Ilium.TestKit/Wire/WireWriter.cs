using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Ilium.TestKit;

/// <summary>Writes the protocol's notations (§3). Every method returns the writer, so that a body reads as a line.</summary>
public sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public WireWriter Raw(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    public WireWriter Byte(byte value) => Raw([value]);

    public WireWriter Short(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        return Raw(bytes);
    }

    public WireWriter Int(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public WireWriter Long(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Raw(bytes);
    }

    public WireWriter String(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Short(bytes.Length).Raw(bytes);
    }

    public WireWriter LongString(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Int(bytes.Length).Raw(bytes);
    }

    public WireWriter ShortBytes(ReadOnlySpan<byte> value) => Short(value.Length).Raw(value);

    public WireWriter Bytes(byte[]? value) => value is null ? Int(-1) : Int(value.Length).Raw(value);

    public WireWriter Uuid(Guid value) => Raw(value.ToByteArray(bigEndian: true));

    /// <summary>[inet]: address with port.</summary>
    public WireWriter Inet(IPEndPoint value) => InetAddress(value.Address).Int(value.Port);

    /// <summary>[inetaddr]: address without port, as in the failure maps of v5.</summary>
    public WireWriter InetAddress(IPAddress value)
    {
        var bytes = value.GetAddressBytes();
        return Byte((byte)bytes.Length).Raw(bytes);
    }

    public WireWriter StringList(IReadOnlyCollection<string> values)
    {
        Short(values.Count);
        foreach (var value in values)
        {
            String(value);
        }

        return this;
    }

    public WireWriter StringMap(IReadOnlyDictionary<string, string> values)
    {
        Short(values.Count);
        foreach (var (key, value) in values)
        {
            String(key).String(value);
        }

        return this;
    }

    public WireWriter StringMultimap(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
    {
        Short(values.Count);
        foreach (var (key, list) in values)
        {
            String(key).StringList(list);
        }

        return this;
    }

    public WireWriter BytesMap(IReadOnlyDictionary<string, byte[]?> values)
    {
        Short(values.Count);
        foreach (var (key, value) in values)
        {
            String(key).Bytes(value);
        }

        return this;
    }
}
