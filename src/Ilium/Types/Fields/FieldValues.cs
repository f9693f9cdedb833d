using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// The fields of a tuple or user-defined type: objects when the user made the value, undecoded bytes when it was read, so that each field can be
/// asked for as whatever type suits. Immutable.
/// </summary>
internal sealed class FieldValues
{
    private readonly object?[] _items;
    private readonly CodecRegistry? _registry;
    private readonly EncodedField? _tail;

    internal FieldValues(object?[] items)
    {
        _items = items;
    }

    private FieldValues(object?[] items, CodecRegistry? registry, EncodedField? tail)
    {
        _items = items;
        _registry = registry;
        _tail = tail;
    }

    internal int Count => _items.Length;

    /// <summary>The bytes of further fields, which the type did not have when it was looked up.</summary>
    internal ReadOnlySpan<byte> Tail => _tail is null ? default : _tail.Span;

    internal bool IsNull(int index) => _items[index] is null;

    internal static FieldValues Read(ReadOnlySpan<byte> bytes, CqlType type, int count, bool mayBeLonger, CodecRegistry registry)
    {
        var cursor = new ByteCursor(bytes, type);
        var items = new object?[count];
        byte[]? content = null;
        for (var i = 0; i < count && !cursor.AtEnd; i++)
        {
            var start = bytes.Length - cursor.Remaining + 4;
            var field = cursor.ReadPrefixed(out var isNull);
            items[i] = isNull ? null : new EncodedField(content ??= bytes.ToArray(), start, field.Length);
        }

        if (!mayBeLonger)
        {
            cursor.End();
        }

        var tail = cursor.AtEnd ? null : new EncodedField(content ?? bytes.ToArray(), bytes.Length - cursor.Remaining, cursor.Remaining);
        return new FieldValues(items, registry, tail);
    }

    internal FieldValues With(int index, object? value)
    {
        var items = (object?[])_items.Clone();
        items[index] = value;
        return new FieldValues(items, _registry, _tail);
    }

    internal T Get<T>(int index, CqlType type)
    {
        switch (_items[index])
        {
            case null:
                return default(T) is null ? default! : throw CodecErrors.NullField(type, typeof(T));
            case EncodedField encoded:
                return _registry!.Get<T>(type).Read(encoded.Span);
            case T typed:
                return typed;
            case var other:
                throw CodecErrors.WrongValueType(type, other, typeof(T));
        }
    }

    internal object? GetObject(int index, CqlType type) =>
        _items[index] is EncodedField encoded ? _registry!.GetDefault(type).ReadObject(encoded.Span) : _items[index];

    /// <summary>As <see cref="GetObject"/>, but the bytes of what no natural CLR type holds: comparing and printing never fail.</summary>
    internal object? GetAny(int index, CqlType type)
    {
        try
        {
            return GetObject(index, type);
        }
        catch (InvalidValueException)
        {
            return ((EncodedField)_items[index]!).Span.ToArray();
        }
    }

    /// <summary>Length and content, or −1; as <paramref name="type"/>, whatever the field was when it was read.</summary>
    internal void Write(CqlWriter writer, int index, CqlType? own, CqlType type, CodecRegistry registry)
    {
        var item = _items[index];
        if (item is null)
        {
            writer.WriteInt32(-1);
            return;
        }

        var start = writer.BeginLength();
        if (item is EncodedField encoded && type.Equals(own))
        {
            writer.WriteRaw(encoded.Span);
        }
        else if ((item is EncodedField ? GetObject(index, own!) : item) is { } value)
        {
            registry.GetFor(type, value.GetType()).WriteObject(writer, value);
        }

        writer.EndLength(start);
    }

    private sealed class EncodedField(byte[] content, int start, int length)
    {
        internal ReadOnlySpan<byte> Span => content.AsSpan(start, length);
    }
}
