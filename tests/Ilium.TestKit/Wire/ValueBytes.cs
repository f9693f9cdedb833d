using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Ilium.TestKit;

/// <summary>The content of [value]s (§6), without the length before it. Null is <c>null</c>.</summary>
public static class ValueBytes
{
    public static byte[] Tinyint(sbyte value) => [(byte)value];

    public static byte[] Smallint(short value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Int(int value) => new WireWriter().Int(value).ToArray();

    /// <summary>Also counter, timestamp (milliseconds since 1970) and time (nanoseconds of the day).</summary>
    public static byte[] Bigint(long value) => new WireWriter().Long(value).ToArray();

    /// <summary>Days since 1970; the wire's zero is 2^31 days before.</summary>
    public static byte[] Date(int daysSince1970) => Int(unchecked((int)((uint)daysSince1970 + 0x80000000)));

    public static byte[] Boolean(bool value) => [value ? (byte)1 : (byte)0];

    public static byte[] Text(string value) => Encoding.UTF8.GetBytes(value);

    public static byte[] Uuid(Guid value) => value.ToByteArray(bigEndian: true);

    public static byte[] Inet(IPAddress value) => value.GetAddressBytes();

    public static byte[] Float(float value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleBigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Double(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A list or set: element count, then each element as [bytes].</summary>
    public static byte[] List(params byte[]?[] elements)
    {
        var writer = new WireWriter().Int(elements.Length);
        foreach (var element in elements)
        {
            writer.Bytes(element);
        }

        return writer.ToArray();
    }

    public static byte[] Map(params (byte[]? Key, byte[]? Value)[] entries)
    {
        var writer = new WireWriter().Int(entries.Length);
        foreach (var (key, value) in entries)
        {
            writer.Bytes(key).Bytes(value);
        }

        return writer.ToArray();
    }

    /// <summary>A tuple or user-defined type: each field as [bytes], no count.</summary>
    public static byte[] Tuple(params byte[]?[] fields)
    {
        var writer = new WireWriter();
        foreach (var field in fields)
        {
            writer.Bytes(field);
        }

        return writer.ToArray();
    }
}
