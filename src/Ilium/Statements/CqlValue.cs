using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Statements;

/// <summary>A value on its way to a bind marker, whose CQL type is not known yet. Keeps its static type, so that nothing is boxed.</summary>
internal abstract class CqlValue
{
    internal abstract bool IsNull { get; }

    internal abstract bool IsUnset { get; }

    internal abstract Type ClrType { get; }

    /// <summary>Writes the content for a column of this type; not called for null and unset.</summary>
    internal abstract void Write(CqlWriter writer, CqlType type, CodecRegistry codecs);

    internal static CqlValue Of(object? value) => new CqlValue<object?>(value);
}

internal sealed class CqlValue<T>(T value) : CqlValue
{
    internal override bool IsNull => value is null;

    internal override bool IsUnset => value is Unset;

    internal override Type ClrType => value?.GetType() ?? typeof(T);

    internal override void Write(CqlWriter writer, CqlType type, CodecRegistry codecs)
    {
        if (typeof(T) != typeof(object) && codecs.TryGet<T>(type, out var codec))
        {
            codec.Write(writer, value);
        }
        else
        {
            codecs.GetFor(type, value!.GetType()).WriteObject(writer, value);
        }
    }
}
