using System.Buffers.Binary;
using System.Globalization;

namespace Ilium.Types;

/// <summary>Walks the parts of one value; whatever does not fit is an <see cref="InvalidValueException"/> that names the value's type.</summary>
internal ref struct ByteCursor
{
    private readonly CqlType _type;
    private ReadOnlySpan<byte> _rest;

    internal ByteCursor(ReadOnlySpan<byte> bytes, CqlType type)
    {
        _rest = bytes;
        _type = type;
    }

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal readonly int Remaining => _rest.Length;

    /// <summary>A count of parts of at least <paramref name="smallest"/> bytes: never more than the bytes there are could hold.</summary>
    internal int ReadCount(int smallest)
    {
        var count = ReadInt32();
        return count >= 0 && (long)count * smallest <= _rest.Length
            ? count
            : throw Malformed($"a count of {count} with {_rest.Length} bytes left");
    }

    internal ReadOnlySpan<byte> ReadPrefixed(out bool isNull)
    {
        var length = ReadInt32();
        isNull = length == -1;
        if (length < -1)
        {
            throw Malformed($"a length of {length}");
        }

        return isNull ? default : Take(length);
    }

    internal ReadOnlySpan<byte> ReadVariable()
    {
        if (!VariableInteger.TryReadUnsigned(ref _rest, out var length) || length > int.MaxValue)
        {
            throw Malformed($"an element's length is cut off or too large");
        }

        return Take((int)length);
    }

    internal ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw Malformed($"a part of {length} bytes with {_rest.Length} left");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    internal readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Malformed($"{_rest.Length} bytes too many");
        }
    }

    internal readonly InvalidValueException Malformed(FormattableString what) =>
        CodecErrors.Malformed(_type, what.ToString(CultureInfo.InvariantCulture));

    private int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
}
