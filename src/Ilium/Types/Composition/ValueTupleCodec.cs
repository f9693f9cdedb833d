using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A tuple as a value tuple. Fields may be null, and the last ones may be missing, which is the same.</summary>
internal abstract class ValueTupleCodec<TTuple>(CqlType type) : Codec<TTuple>(type)
    where TTuple : struct
{
    internal sealed override TTuple Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        var cursor = new ByteCursor(bytes, CqlType);
        var tuple = ReadFields(ref cursor);
        cursor.End();
        return tuple;
    }

    internal sealed override void Write(CqlWriter writer, TTuple value) => WriteFields(writer, value);

    internal abstract TTuple ReadFields(ref ByteCursor cursor);

    internal abstract void WriteFields(CqlWriter writer, TTuple value);

    private protected T Next<T>(ref ByteCursor cursor, Codec<T> codec)
    {
        var isNull = cursor.AtEnd;
        var bytes = isNull ? default : cursor.ReadPrefixed(out isNull);
        if (!isNull)
        {
            return codec.Read(bytes);
        }

        return default(T) is null ? default! : throw CodecErrors.NullElement(CqlType, typeof(T));
    }

    private protected static void Put<T>(CqlWriter writer, Codec<T> codec, T value)
    {
        if (value is null)
        {
            writer.WriteInt32(-1);
            return;
        }

        var start = writer.BeginLength();
        codec.Write(writer, value);
        writer.EndLength(start);
    }
}
