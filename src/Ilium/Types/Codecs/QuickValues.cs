using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Ilium.Types;

/// <summary>
/// The usual pairs of CQL and CLR type, read without a codec: a compare and a load. Any thread; the bytes stay their owner's.
/// </summary>
internal static class QuickValues
{
    /// <summary>The length of what is nearly always read as <typeparamref name="T"/>; 0 where there is none. A constant to the JIT.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LikelyLength<T>() =>
        typeof(T) == typeof(int) ? sizeof(int)
        : typeof(T) == typeof(long) || typeof(T) == typeof(double) || typeof(T) == typeof(DateTimeOffset) ? sizeof(long)
        : typeof(T) == typeof(Guid) ? 16
        : 0;

    /// <summary>Decodes a value that is not null; false where that takes a codec. The JIT keeps only the branch for its T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRead<T>(CqlTypeCode code, ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out T value)
    {
        if (typeof(T) == typeof(long))
        {
            if (bytes.Length == sizeof(long) && code is CqlTypeCode.Bigint or CqlTypeCode.Counter)
            {
                value = (T)(object)BinaryPrimitives.ReadInt64BigEndian(bytes);
                return true;
            }
        }
        else if (typeof(T) == typeof(int))
        {
            if (bytes.Length == sizeof(int) && code is CqlTypeCode.Int)
            {
                value = (T)(object)BinaryPrimitives.ReadInt32BigEndian(bytes);
                return true;
            }
        }
        else if (typeof(T) == typeof(double))
        {
            if (bytes.Length == sizeof(double) && code is CqlTypeCode.Double)
            {
                value = (T)(object)BinaryPrimitives.ReadDoubleBigEndian(bytes);
                return true;
            }
        }
        else if (typeof(T) == typeof(Guid))
        {
            if (bytes.Length == 16 && code is CqlTypeCode.Uuid or CqlTypeCode.Timeuuid)
            {
                value = (T)(object)new Guid(bytes, bigEndian: true);
                return true;
            }
        }
        else if (typeof(T) == typeof(string))
        {
            if (code is CqlTypeCode.Text && TextContent.TryReadPlain(bytes, out var text))
            {
                value = (T)(object)text;
                return true;
            }
        }
        else if (typeof(T) == typeof(DateTimeOffset))
        {
            if (code is CqlTypeCode.Timestamp && DateTimeOffsetCodec.TryRead(bytes, out var time))
            {
                value = (T)(object)time;
                return true;
            }
        }

        value = default;
        return false;
    }
}
