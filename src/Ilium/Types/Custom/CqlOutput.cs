using Ilium.Buffers;

namespace Ilium;

/// <summary>Takes the bytes of one value. Valid during one call of <see cref="CqlCodec{T}.Write"/>.</summary>
public readonly ref struct CqlOutput
{
    private readonly CqlWriter _writer;

    internal CqlOutput(CqlWriter writer)
    {
        _writer = writer;
    }

    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">They are copied.</param>
    public void Write(ReadOnlySpan<byte> bytes) => _writer.WriteRaw(bytes);

    /// <summary>Space for so many bytes at the end, to be filled before the next call. It holds zeros.</summary>
    /// <param name="count">How many, at least 0.</param>
    public Span<byte> Reserve(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var space = _writer.Reserve(count);
        space.Clear();
        return space;
    }
}
