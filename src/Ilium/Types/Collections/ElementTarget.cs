using System.Buffers.Binary;
using System.Globalization;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>Encodes the elements of one collection or vector.</summary>
internal ref struct ElementTarget<T>
{
    private readonly CqlWriter _writer;
    private readonly Codec<T> _codec;
    private readonly CqlType _type;
    private readonly ElementLayout _layout;
    private readonly int _countAt;
    private int _count;

    internal ElementTarget(CqlWriter writer, CqlType type, Codec<T> codec, ElementLayout layout)
    {
        _writer = writer;
        _codec = codec;
        _type = type;
        _layout = layout;
        _countAt = writer.Length;
        if (!layout.IsVector)
        {
            writer.WriteInt32(0);
        }
    }

    internal void Add(T item)
    {
        if (item is null)
        {
            throw CodecErrors.NullElementWritten(_type);
        }

        _count++;
        if (!_layout.IsVector)
        {
            var start = _writer.BeginLength();
            _codec.Write(_writer, item);
            _writer.EndLength(start);
        }
        else if (_layout.FixedSize > 0)
        {
            _codec.Write(_writer, item);
        }
        else
        {
            AddVariable(item);
        }
    }

    internal void AddRange(ReadOnlySpan<T> items)
    {
        if (_layout.FixedSize > 0 && BulkNumbers.Supports(_codec))
        {
            BulkNumbers.Write(items, _writer.Reserve(checked(items.Length * _layout.FixedSize)));
            _count += items.Length;
            return;
        }

        foreach (var item in items)
        {
            Add(item);
        }
    }

    internal readonly void End()
    {
        if (!_layout.IsVector)
        {
            BinaryPrimitives.WriteInt32BigEndian(_writer.Written(_countAt, 4), _count);
        }
        else if (_count != _layout.Dimensions)
        {
            throw new InvalidValueException(
                string.Create(CultureInfo.InvariantCulture, $"A {_type} takes exactly {_layout.Dimensions} elements; {_count} were given."), _type);
        }
    }

    // The length goes in front and is known only after: nearly always one byte, so one is kept free and the content moves when more are needed.
    private readonly void AddVariable(T item)
    {
        var start = _writer.Length;
        _writer.Reserve(1);
        _codec.Write(_writer, item);
        var length = _writer.Length - start - 1;
        if (length < 0x80)
        {
            _writer.Written(start, 1)[0] = (byte)length;
            return;
        }

        var end = _writer.Length;
        VariableInteger.WriteUnsigned(_writer, (ulong)length);
        var size = _writer.Length - end;
        Span<byte> prefix = stackalloc byte[9];
        _writer.Written(end, size).CopyTo(prefix);
        _writer.Truncate(end + size - 1);
        _writer.Written(start + 1, length).CopyTo(_writer.Written(start + size, length));
        prefix[..size].CopyTo(_writer.Written(start, size));
    }
}
