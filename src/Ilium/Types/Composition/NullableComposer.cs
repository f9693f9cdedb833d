namespace Ilium.Types;

/// <summary>Makes the codec of the nullable form of a value type that is itself composed, such as a value tuple.</summary>
internal abstract class NullableComposer
{
    internal abstract Codec Compose(Codec inner);
}

/// <inheritdoc/>
internal sealed class NullableComposer<T> : NullableComposer
    where T : struct
{
    internal override Codec Compose(Codec inner) => new NullableCodec<T>((Codec<T>)inner);
}
