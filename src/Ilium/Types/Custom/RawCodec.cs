using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A codec of the user's over bytes. What no bytes mean is for it to say.</summary>
internal sealed class RawCodec<T>(CqlCodec<T> codec) : Codec<T>(codec.CqlType)
    where T : notnull
{
    internal override bool EmptyIsValue => true;

    internal override T Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return codec.Read(bytes);
        }
        catch (Exception e) when (e is not CassandraException)
        {
            throw UserCode.ReadFailed(CqlType, typeof(T), e);
        }
    }

    internal override void Write(CqlWriter writer, T value)
    {
        try
        {
            codec.Write(value, new CqlOutput(writer));
        }
        catch (Exception e) when (e is not CassandraException)
        {
            throw UserCode.WriteFailed(CqlType, typeof(T), e);
        }
    }
}
