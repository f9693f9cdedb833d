using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A list, set or vector: the layout of the bytes comes from the CQL type, the shape in memory from the CLR type.</summary>
internal sealed class SequenceCodec<TCollection, T> : Codec<TCollection>
{
    private readonly Codec<T> _element;
    private readonly ElementLayout _layout;
    private readonly SequenceShape<TCollection, T> _shape;

    internal SequenceCodec(CqlType type, Codec<T> element, SequenceShape<TCollection, T> shape)
        : base(type)
    {
        _element = element;
        _shape = shape;
        _layout = type is CqlVectorType vector ? ElementLayout.OfVector(vector) : ElementLayout.Counted;
    }

    internal override bool CanRead => _element.CanRead;

    internal override bool CanWrite => _element.CanWrite;

    internal override TCollection Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return default(TCollection) is null ? default! : throw CodecErrors.Empty(CqlType, ClrType);
        }

        var source = new ElementSource<T>(bytes, CqlType, _element, _layout);
        var collection = _shape.Read(ref source);
        source.End();
        return collection;
    }

    internal override void Write(CqlWriter writer, TCollection value)
    {
        var start = writer.Length;
        var target = new ElementTarget<T>(writer, CqlType, _element, _layout);
        _shape.Write(ref target, value);
        target.End();
        if (CqlType is CqlSetType set)
        {
            SortedElements.Arrange(writer, start, set, set.Element);
        }
    }
}
