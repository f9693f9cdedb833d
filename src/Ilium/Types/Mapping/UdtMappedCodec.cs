using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>User-defined types as a type of the user's, whichever of them has the fields that it needs.</summary>
internal sealed class UdtMappedCodec<T> : CqlCodec
    where T : IUdtMapped<T>
{
    public override Type ClrType => typeof(T);

    internal override SequenceComposer? SequenceOf(Type element) => CustomCodecs.SequenceOf<T>(element);

    internal override Codec? Bind(CqlType type, CodecRegistry registry) => type is CqlUserType user ? new Bound(user, MemberPlan.ForUserType<T>(user, registry)) : null;

    internal override MapComposer? MapOf(Type key, Type value) => CustomCodecs.MapOf<T>(key, value);

    private sealed class Bound(CqlUserType type, MemberPlan plan) : Codec<T>(type)
    {
        internal override T Read(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty)
            {
                return default(T) is null ? default! : throw CodecErrors.Empty(CqlType, typeof(T));
            }

            var reader = new MemberReader(plan, bytes, 0);
            return T.ReadMembers(ref reader);
        }

        internal override void Write(CqlWriter writer, T value)
        {
            var members = new MemberWriter(plan, writer);
            T.WriteMembers(ref members, value);
        }
    }
}
