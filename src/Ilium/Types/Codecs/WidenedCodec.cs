using System.Numerics;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// An integer type other than the column's own, in the one direction that cannot change a value: a larger CLR type reads, a smaller one writes.
/// </summary>
internal sealed class WidenedCodec<T, TWire> : Codec<T>
    where T : struct, IBinaryInteger<T>
    where TWire : struct, IBinaryInteger<TWire>
{
    private readonly Codec<TWire> _wire;
    private readonly bool _reads;

    internal WidenedCodec(Codec<TWire> wire, bool reads)
        : base(wire.CqlType)
    {
        _wire = wire;
        _reads = reads;
    }

    internal override bool CanRead => _reads;

    internal override bool CanWrite => !_reads;

    internal override T Read(ReadOnlySpan<byte> bytes) => _reads
        ? T.CreateChecked(_wire.Read(bytes))
        : throw CodecErrors.ReadWouldNarrow(CqlType, typeof(T), typeof(TWire));

    internal override void Write(CqlWriter writer, T value) => _wire.Write(
        writer,
        _reads ? throw CodecErrors.WriteWouldNarrow(CqlType, typeof(T), typeof(TWire)) : TWire.CreateChecked(value));
}
