namespace Ilium.Types;

/// <summary>Makes the codec of a value tuple from those of its elements.</summary>
internal abstract class TupleComposer
{
    internal abstract Codec Compose(CqlType type, Codec[] elements);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1>(
        type, (Codec<T1>)elements[0]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2>(
        type, (Codec<T1>)elements[0], (Codec<T2>)elements[1]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2, T3> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3>(
        type, (Codec<T1>)elements[0], (Codec<T2>)elements[1], (Codec<T3>)elements[2]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2, T3, T4> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3, T4>(
        type, (Codec<T1>)elements[0], (Codec<T2>)elements[1], (Codec<T3>)elements[2], (Codec<T4>)elements[3]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2, T3, T4, T5> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3, T4, T5>(
        type, (Codec<T1>)elements[0],
        (Codec<T2>)elements[1],
        (Codec<T3>)elements[2],
        (Codec<T4>)elements[3],
        (Codec<T5>)elements[4]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2, T3, T4, T5, T6> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3, T4, T5, T6>(
        type, (Codec<T1>)elements[0],
        (Codec<T2>)elements[1],
        (Codec<T3>)elements[2],
        (Codec<T4>)elements[3],
        (Codec<T5>)elements[4],
        (Codec<T6>)elements[5]);
}

/// <inheritdoc/>
internal sealed class TupleComposer<T1, T2, T3, T4, T5, T6, T7> : TupleComposer
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3, T4, T5, T6, T7>(
        type, (Codec<T1>)elements[0],
        (Codec<T2>)elements[1],
        (Codec<T3>)elements[2],
        (Codec<T4>)elements[3],
        (Codec<T5>)elements[4],
        (Codec<T6>)elements[5],
        (Codec<T7>)elements[6]);
}

/// <summary>The eighth element is the codec of the tuple of all further ones.</summary>
internal sealed class TupleComposer<T1, T2, T3, T4, T5, T6, T7, TRest> : TupleComposer
    where TRest : struct
{
    internal override Codec Compose(CqlType type, Codec[] elements) => new TupleCodec<T1, T2, T3, T4, T5, T6, T7, TRest>(
        type,
        (TupleCodec<T1, T2, T3, T4, T5, T6, T7>)new TupleComposer<T1, T2, T3, T4, T5, T6, T7>().Compose(type, elements),
        (ValueTupleCodec<TRest>)elements[7]);
}
