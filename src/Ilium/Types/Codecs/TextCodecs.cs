using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>The bytes of <c>text</c> (strict UTF-8) and <c>ascii</c>; what is not representable is refused, with the place.</summary>
internal static class TextContent
{
    // Longer strings are counted first instead of reserving three bytes a char.
    private const int CountedFrom = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static string Read(ReadOnlySpan<byte> bytes, CqlType cqlType)
    {
        try
        {
            return cqlType.Code == CqlTypeCode.Ascii ? ReadAscii(bytes, cqlType) : TryReadPlain(bytes, out var text) ? text : StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new InvalidValueException(
                string.Create(CultureInfo.InvariantCulture, $"The bytes of a {cqlType} are not UTF-8 from byte {invalid.Index} on."), cqlType, innerException: invalid);
        }
    }

    /// <summary>Most text is ASCII, which is checked and widened in one pass each, several times as fast as strict UTF-8.</summary>
    internal static bool TryReadPlain(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        if (bytes.Length is >= sizeof(ulong) and <= 2 * sizeof(ulong))
        {
            return TryReadName(bytes, out text);
        }

        text = Ascii.IsValid(bytes) ? Encoding.Latin1.GetString(bytes) : null;
        return text is not null;
    }

    /// <summary>Names, codes, short words: the first eight bytes and the last eight, which may overlap, are all of it.</summary>
    private static bool TryReadName(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        const ulong NotAscii = 0x8080808080808080;
        var first = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var last = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]);
        text = ((first | last) & NotAscii) != 0
            ? null
            : string.Create(bytes.Length, (first, last), static (characters, halves) =>
            {
                Widen(halves.first).CopyTo(MemoryMarshal.Cast<char, ushort>(characters));
                Widen(halves.last).CopyTo(MemoryMarshal.Cast<char, ushort>(characters[^sizeof(ulong)..]));
            });
        return text is not null;
    }

    private static Vector128<ushort> Widen(ulong eight) => Vector128.WidenLower(Vector128.CreateScalar(eight).AsByte());

    internal static void Write(CqlWriter writer, ReadOnlySpan<char> value, CqlType cqlType)
    {
        if (cqlType.Code == CqlTypeCode.Ascii)
        {
            WriteAscii(writer, value, cqlType);
            return;
        }

        var start = writer.Length;
        var room = value.Length < CountedFrom ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        if (Utf8.FromUtf16(value, writer.Reserve(room), out var read, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            writer.Truncate(start);
            throw new InvalidValueException(
                string.Create(CultureInfo.InvariantCulture, $"The string has half a surrogate pair at position {read}; it cannot be written as {cqlType}."), cqlType);
        }

        writer.Truncate(start + written);
    }

    private static string ReadAscii(ReadOnlySpan<byte> bytes, CqlType cqlType)
    {
        var invalid = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        return invalid < 0
            ? Encoding.ASCII.GetString(bytes)
            : throw CodecErrors.Malformed(cqlType, string.Create(CultureInfo.InvariantCulture, $"byte {invalid} is 0x{bytes[invalid]:X2}"));
    }

    private static void WriteAscii(CqlWriter writer, ReadOnlySpan<char> value, CqlType cqlType)
    {
        var invalid = value.IndexOfAnyExceptInRange('\0', '\x7F');
        if (invalid >= 0)
        {
            throw new InvalidValueException(
                string.Create(CultureInfo.InvariantCulture, $"The character U+{(int)value[invalid]:X4} at position {invalid} is not ASCII."), cqlType);
        }

        Encoding.ASCII.GetBytes(value, writer.Reserve(value.Length));
    }
}

/// <summary><c>text</c> and <c>ascii</c> as <see cref="string"/>.</summary>
internal sealed class StringCodec(CqlType cqlType) : Codec<string>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override string Read(ReadOnlySpan<byte> bytes) => TextContent.Read(bytes, CqlType);

    internal override void Write(CqlWriter writer, string value) => TextContent.Write(writer, value, CqlType);
}

/// <summary><c>text</c> and <c>ascii</c> as an array of UTF-16 code units.</summary>
internal sealed class CharArrayCodec(CqlType cqlType) : Codec<char[]>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override char[] Read(ReadOnlySpan<byte> bytes) => TextContent.Read(bytes, CqlType).ToCharArray();

    internal override void Write(CqlWriter writer, char[] value) => TextContent.Write(writer, value, CqlType);
}

/// <summary><c>text</c> and <c>ascii</c> as UTF-16 code units.</summary>
internal sealed class CharMemoryCodec(CqlType cqlType) : Codec<ReadOnlyMemory<char>>(cqlType)
{
    internal override bool EmptyIsValue => true;

    internal override ReadOnlyMemory<char> Read(ReadOnlySpan<byte> bytes) => TextContent.Read(bytes, CqlType).AsMemory();

    internal override void Write(CqlWriter writer, ReadOnlyMemory<char> value) => TextContent.Write(writer, value.Span, CqlType);
}
