#pragma warning disable
using System.Net;
using Ilium.Buffers;
using Ilium.Types;
namespace Ilium
{
    public readonly record struct TimeUuid(Guid Value) { public DateTimeOffset Timestamp => default; internal static bool TryFromBytes(ReadOnlySpan<byte> b, out TimeUuid v) { v = new(new Guid(b, true)); return true; } internal void CopyTo(Span<byte> b) => Value.TryWriteBytes(b, true, out _); }
    public sealed class Unset { public static Unset Value { get; } = new(); }
}
namespace Ilium.Types
{
    internal static class CqlTypeParser { internal static CqlType FromClassName(string s) => new CqlCustomType(s); }
    internal sealed class DtoCodec() : Codec<DateTimeOffset>(CqlType.Timestamp) {
        internal override DateTimeOffset Read(ReadOnlySpan<byte> b) => DateTimeOffset.FromUnixTimeMilliseconds(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(b));
        internal override void Write(CqlWriter w, DateTimeOffset v) => w.WriteInt64(v.ToUnixTimeMilliseconds()); }
    internal sealed class CodecRegistry
    {
        internal Codec<T> Get<T>(CqlType type) => (Codec<T>)(typeof(T) == typeof(object) ? throw new NotSupportedException() : GetFor(type, typeof(T)));
        internal Codec GetFor(CqlType type, Type clr)
        {
            Codec c = (type.Code) switch { CqlTypeCode.Bigint => new Int64Codec(type), CqlTypeCode.Int => new Int32Codec(type), CqlTypeCode.Text or CqlTypeCode.Ascii => new StringCodec(type), CqlTypeCode.Double => new DoubleCodec(), CqlTypeCode.Uuid => new UuidCodec(), CqlTypeCode.Boolean => new BooleanCodec(), CqlTypeCode.Inet => new InetCodec(), CqlTypeCode.Timestamp => new DtoCodec(), _ => throw new InvalidTypeException($"no codec {type}", type, clr) };
            if (clr == typeof(Guid?)) return new NullableCodec<Guid>((Codec<Guid>)c);
            if (clr == typeof(int?)) return new NullableCodec<int>((Codec<int>)c);
            return c;
        }
    }
}
