using Ilium.Buffers;

namespace Ilium.Types;

/// <inheritdoc/>
internal sealed class TupleCodec<T1>(CqlType type, Codec<T1> c1)
    : ValueTupleCodec<ValueTuple<T1>>(type)
{
    internal override ValueTuple<T1> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1> value)
    {
        Put(writer, c1, value.Item1);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2>(CqlType type, Codec<T1> c1, Codec<T2> c2)
    : ValueTupleCodec<ValueTuple<T1, T2>>(type)
{
    internal override ValueTuple<T1, T2> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2, T3>(CqlType type, Codec<T1> c1, Codec<T2> c2, Codec<T3> c3)
    : ValueTupleCodec<ValueTuple<T1, T2, T3>>(type)
{
    internal override ValueTuple<T1, T2, T3> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2), Next(ref cursor, c3));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
        Put(writer, c3, value.Item3);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2, T3, T4>(CqlType type, Codec<T1> c1, Codec<T2> c2, Codec<T3> c3, Codec<T4> c4)
    : ValueTupleCodec<ValueTuple<T1, T2, T3, T4>>(type)
{
    internal override ValueTuple<T1, T2, T3, T4> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2), Next(ref cursor, c3), Next(ref cursor, c4));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3, T4> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
        Put(writer, c3, value.Item3);
        Put(writer, c4, value.Item4);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2, T3, T4, T5>(
    CqlType type, Codec<T1> c1, Codec<T2> c2, Codec<T3> c3, Codec<T4> c4, Codec<T5> c5)
    : ValueTupleCodec<ValueTuple<T1, T2, T3, T4, T5>>(type)
{
    internal override ValueTuple<T1, T2, T3, T4, T5> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2), Next(ref cursor, c3), Next(ref cursor, c4), Next(ref cursor, c5));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3, T4, T5> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
        Put(writer, c3, value.Item3);
        Put(writer, c4, value.Item4);
        Put(writer, c5, value.Item5);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6>(
    CqlType type, Codec<T1> c1, Codec<T2> c2, Codec<T3> c3, Codec<T4> c4, Codec<T5> c5, Codec<T6> c6)
    : ValueTupleCodec<ValueTuple<T1, T2, T3, T4, T5, T6>>(type)
{
    internal override ValueTuple<T1, T2, T3, T4, T5, T6> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2), Next(ref cursor, c3), Next(ref cursor, c4), Next(ref cursor, c5), Next(ref cursor, c6));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3, T4, T5, T6> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
        Put(writer, c3, value.Item3);
        Put(writer, c4, value.Item4);
        Put(writer, c5, value.Item5);
        Put(writer, c6, value.Item6);
    }
}

/// <inheritdoc/>
internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6, T7>(
    CqlType type, Codec<T1> c1, Codec<T2> c2, Codec<T3> c3, Codec<T4> c4, Codec<T5> c5, Codec<T6> c6, Codec<T7> c7)
    : ValueTupleCodec<ValueTuple<T1, T2, T3, T4, T5, T6, T7>>(type)
{
    internal override ValueTuple<T1, T2, T3, T4, T5, T6, T7> ReadFields(ref ByteCursor cursor) =>
        new(Next(ref cursor, c1), Next(ref cursor, c2), Next(ref cursor, c3), Next(ref cursor, c4), Next(ref cursor, c5), Next(ref cursor, c6), Next(ref cursor, c7));

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3, T4, T5, T6, T7> value)
    {
        Put(writer, c1, value.Item1);
        Put(writer, c2, value.Item2);
        Put(writer, c3, value.Item3);
        Put(writer, c4, value.Item4);
        Put(writer, c5, value.Item5);
        Put(writer, c6, value.Item6);
        Put(writer, c7, value.Item7);
    }
}

/// <summary>Eight and more elements: C# keeps those after the seventh in a tuple of their own, the wire does not.</summary>
internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6, T7, TRest>(
    CqlType type, TupleCodec<T1, T2, T3, T4, T5, T6, T7> first, ValueTupleCodec<TRest> rest)
    : ValueTupleCodec<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>(type)
    where TRest : struct
{
    internal override ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> ReadFields(ref ByteCursor cursor)
    {
        var (i1, i2, i3, i4, i5, i6, i7) = first.ReadFields(ref cursor);
        return new(i1, i2, i3, i4, i5, i6, i7, rest.ReadFields(ref cursor));
    }

    internal override void WriteFields(CqlWriter writer, ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> value)
    {
        first.WriteFields(writer, (value.Item1, value.Item2, value.Item3, value.Item4, value.Item5, value.Item6, value.Item7));
        rest.WriteFields(writer, value.Rest);
    }
}
