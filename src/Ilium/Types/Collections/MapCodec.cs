using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A map, in whatever shape the CLR type has.</summary>
internal sealed class MapCodec<TMap, TKey, TValue> : Codec<TMap>
    where TMap : class
    where TKey : notnull
{
    private readonly Codec<TKey> _key;
    private readonly Codec<TValue> _value;
    private readonly MapShape<TMap, TKey, TValue> _shape;

    internal MapCodec(CqlType type, Codec<TKey> key, Codec<TValue> value, MapShape<TMap, TKey, TValue> shape)
        : base(type)
    {
        _key = key;
        _value = value;
        _shape = shape;
    }

    internal override bool CanRead => _key.CanRead && _value.CanRead;

    internal override bool CanWrite => _key.CanWrite && _value.CanWrite;

    internal override TMap Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null!;
        }

        var source = new EntrySource<TKey, TValue>(bytes, CqlType, _key, _value);
        var map = _shape.Read(ref source);
        source.End();
        return map;
    }

    internal override void Write(CqlWriter writer, TMap value)
    {
        var countAt = writer.Length;
        writer.WriteInt32(0);
        var count = 0;
        foreach (var (key, item) in _shape.Entries(value))
        {
            WritePart(writer, _key, key);
            WritePart(writer, _value, item);
            count++;
        }

        BinaryPrimitives.WriteInt32BigEndian(writer.Written(countAt, 4), count);
        SortedElements.Arrange(writer, countAt, CqlType, ((CqlMapType)CqlType).Key);
    }

    private void WritePart<T>(CqlWriter writer, Codec<T> codec, T part)
    {
        if (part is null)
        {
            throw CodecErrors.NullElementWritten(CqlType);
        }

        var start = writer.BeginLength();
        codec.Write(writer, part);
        writer.EndLength(start);
    }
}

/// <summary>Decodes the entries of one map.</summary>
internal ref struct EntrySource<TKey, TValue>
{
    private readonly Codec<TKey> _key;
    private readonly Codec<TValue> _value;
    private readonly CqlType _type;
    private ByteCursor _cursor;

    internal EntrySource(ReadOnlySpan<byte> bytes, CqlType type, Codec<TKey> key, Codec<TValue> value)
    {
        _cursor = new ByteCursor(bytes, type);
        _type = type;
        _key = key;
        _value = value;
        Count = _cursor.ReadCount(smallest: 8);
    }

    internal int Count { get; }

    /// <summary>An entry for a dictionary, which has no place for a null key.</summary>
    internal KeyValuePair<TKey, TValue> Next() =>
        NextPair() is { Key: not null } entry ? entry : throw CodecErrors.EmptyKey(_type, typeof(TKey));

    internal KeyValuePair<TKey, TValue> NextPair() => new(Part(_key), Part(_value));

    internal readonly void End() => _cursor.End();

    /// <summary>A dictionary would lose one of two entries whose keys it takes for the same and the server does not.</summary>
    internal readonly InvalidValueException Twice() => CodecErrors.Twice(_type, typeof(TKey), "an array of KeyValuePair");

    private T Part<T>(Codec<T> codec)
    {
        var bytes = _cursor.ReadPrefixed(out var isNull);
        if (!isNull)
        {
            return codec.Read(bytes);
        }

        return default(T) is null ? default! : throw CodecErrors.NullElement(_type, typeof(T));
    }
}
