using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>A type of the user's as another type, whatever codec that has for the column.</summary>
internal sealed class ConvertingCodec<T, TStored>(Func<TStored, T> read, Func<T, TStored> write) : CqlCodec
    where T : notnull
    where TStored : notnull
{
    public override Type ClrType => typeof(T);

    internal override Type StoredType => System.Nullable.GetUnderlyingType(typeof(TStored)) ?? typeof(TStored);

    internal override SequenceComposer? SequenceOf(Type element) => CustomCodecs.SequenceOf<T>(element);

    internal override Codec? Bind(CqlType type, CodecRegistry registry) =>
        registry.TryGet<TStored>(type, out var stored) ? new Bound(stored, read, write) : null;

    internal override MapComposer? MapOf(Type key, Type value) => CustomCodecs.MapOf<T>(key, value);

    private sealed class Bound(Codec<TStored> stored, Func<TStored, T> read, Func<T, TStored> write) : Codec<T>(stored.CqlType)
    {
        internal override bool CanRead => stored.CanRead;

        internal override bool CanWrite => stored.CanWrite;

        internal override bool EmptyIsValue => stored.EmptyIsValue;

        internal override T Read(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty && !EmptyIsValue)
            {
                return default(T) is null ? default! : throw CodecErrors.Empty(CqlType, typeof(T));
            }

            var value = stored.Read(bytes);
            try
            {
                return read(value);
            }
            catch (Exception e) when (e is not CassandraException)
            {
                throw UserCode.ReadFailed(CqlType, typeof(T), e);
            }
        }

        internal override void Write(CqlWriter writer, T value) => stored.Write(writer, Converted(value));

        private TStored Converted(T value)
        {
            try
            {
                return write(value) ?? throw UserCode.WroteNull(CqlType, typeof(T));
            }
            catch (Exception e) when (e is not CassandraException)
            {
                throw UserCode.WriteFailed(CqlType, typeof(T), e);
            }
        }
    }
}
