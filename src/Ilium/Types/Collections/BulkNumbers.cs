using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ilium.Types;

/// <summary>Turns whole spans of int, float, bigint and double around in one vectorised pass: an embedding of 1536 floats is one call.</summary>
internal static class BulkNumbers
{
    /// <summary>True when the CLR type has the very bits of the wire, only in the machine's byte order.</summary>
    internal static bool Supports(Codec codec) => codec is SingleCodec or DoubleCodec or Int32Codec or Int64Codec;

    internal static void Read<T>(ReadOnlySpan<byte> bytes, Span<T> target)
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            Turn(MemoryMarshal.Cast<byte, int>(bytes), As<T, int>(target));
        }
        else
        {
            Turn(MemoryMarshal.Cast<byte, long>(bytes), As<T, long>(target));
        }
    }

    internal static void Write<T>(ReadOnlySpan<T> items, Span<byte> bytes)
    {
        var source = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(items), items.Length);
        if (Unsafe.SizeOf<T>() == 4)
        {
            Turn(As<T, int>(source), MemoryMarshal.Cast<byte, int>(bytes));
        }
        else
        {
            Turn(As<T, long>(source), MemoryMarshal.Cast<byte, long>(bytes));
        }
    }

    private static Span<TBits> As<T, TBits>(Span<T> span) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, TBits>(ref MemoryMarshal.GetReference(span)), span.Length);

    private static void Turn(ReadOnlySpan<int> source, Span<int> target)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }
    }

    private static void Turn(ReadOnlySpan<long> source, Span<long> target)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(source, target);
        }
        else
        {
            source.CopyTo(target);
        }
    }
}
