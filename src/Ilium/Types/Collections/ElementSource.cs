namespace Ilium.Types;

/// <summary>Decodes the elements of one collection or vector, one by one or all at once.</summary>
internal ref struct ElementSource<T>
{
    private readonly Codec<T> _codec;
    private readonly CqlType _type;
    private readonly ElementLayout _layout;
    private ByteCursor _cursor;

    internal ElementSource(ReadOnlySpan<byte> bytes, CqlType type, Codec<T> codec, ElementLayout layout)
    {
        _cursor = new ByteCursor(bytes, type);
        _codec = codec;
        _type = type;
        _layout = layout;
        Count = layout.IsVector ? CheckVector() : _cursor.ReadCount(smallest: 4);
    }

    internal int Count { get; }

    internal T Next()
    {
        var isNull = false;
        var bytes = _layout switch
        {
            { IsVector: false } => _cursor.ReadPrefixed(out isNull),
            { FixedSize: > 0 } => _cursor.Take(_layout.FixedSize),
            _ => _cursor.ReadVariable(),
        };
        if (!isNull)
        {
            return _codec.Read(bytes);
        }

        return default(T) is null ? default! : throw CodecErrors.NullElement(_type, typeof(T));
    }

    internal void Fill(Span<T> target)
    {
        if (_layout.FixedSize > 0 && BulkNumbers.Supports(_codec))
        {
            BulkNumbers.Read(_cursor.Take(target.Length * _layout.FixedSize), target);
            return;
        }

        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Next();
        }
    }

    internal T[] ToArray()
    {
        var items = new T[Count];
        Fill(items);
        return items;
    }

    internal readonly void End() => _cursor.End();

    /// <summary>A set of the CLR's would lose one of two elements that it takes for the same and the server does not.</summary>
    internal readonly InvalidValueException Twice() => CodecErrors.Twice(_type, typeof(T), "an array or list");

    // Before any memory is taken: the number of dimensions came from the wire too.
    private readonly int CheckVector()
    {
        var fits = _layout.FixedSize > 0
            ? (long)_layout.FixedSize * _layout.Dimensions == _cursor.Remaining
            : _layout.Dimensions <= _cursor.Remaining;
        return fits ? _layout.Dimensions : throw _cursor.Malformed($"{_cursor.Remaining} bytes for {_layout.Dimensions} elements");
    }
}
