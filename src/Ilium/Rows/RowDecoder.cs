using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Ilium.Types;

namespace Ilium.Rows;

/// <summary>
/// Decoders bound to one result's columns. Made once per result metadata and shared by every row and thread that reads such a result.
/// </summary>
/// <remarks>The last codec used for a column is remembered beside it; two threads that read it as different types merely replace each
/// other's, which costs a lookup and nothing else.</remarks>
internal sealed class RowDecoder
{
    internal static readonly RowDecoder Empty = new(ResultMetadata.Empty, new CodecRegistry());

    private readonly CodecRegistry _registry;
    private readonly Codec?[] _codecs;

    internal RowDecoder(ResultMetadata metadata, CodecRegistry registry)
    {
        Metadata = metadata;
        _registry = registry;
        _codecs = new Codec?[metadata.Count];
        Codes = [.. metadata.Columns.Select(column => column.Type.Code)];
    }

    internal ResultMetadata Metadata { get; }

    /// <summary>The kinds of the columns, by ordinal, for the quick paths below.</summary>
    internal CqlTypeCode[] Codes { get; }

    /// <summary>The length of what is nearly always read as <typeparamref name="T"/>; 0 where there is none. A constant to the JIT.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LikelyLength<T>() =>
        typeof(T) == typeof(int) ? sizeof(int)
        : typeof(T) == typeof(long) || typeof(T) == typeof(double) || typeof(T) == typeof(DateTimeOffset) ? sizeof(long)
        : typeof(T) == typeof(Guid) ? 16
        : 0;

    /// <summary>Decodes a value that is not null, of a column whose kind is <paramref name="code"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T Read<T>(int ordinal, CqlTypeCode code, ReadOnlySpan<byte> bytes)
    {
        // The JIT keeps only the branch for its T, so a hot column costs a compare and a load.
        if (typeof(T) == typeof(long))
        {
            if (bytes.Length == sizeof(long) && code is CqlTypeCode.Bigint or CqlTypeCode.Counter)
            {
                return (T)(object)BinaryPrimitives.ReadInt64BigEndian(bytes);
            }
        }
        else if (typeof(T) == typeof(int))
        {
            if (bytes.Length == sizeof(int) && code is CqlTypeCode.Int)
            {
                return (T)(object)BinaryPrimitives.ReadInt32BigEndian(bytes);
            }
        }
        else if (typeof(T) == typeof(double))
        {
            if (bytes.Length == sizeof(double) && code is CqlTypeCode.Double)
            {
                return (T)(object)BinaryPrimitives.ReadDoubleBigEndian(bytes);
            }
        }
        else if (typeof(T) == typeof(Guid))
        {
            if (bytes.Length == 16 && code is CqlTypeCode.Uuid or CqlTypeCode.Timeuuid)
            {
                return (T)(object)new Guid(bytes, bigEndian: true);
            }
        }
        else if (typeof(T) == typeof(string))
        {
            if (code is CqlTypeCode.Text && TextContent.TryReadPlain(bytes, out var text))
            {
                return (T)(object)text;
            }
        }
        else if (typeof(T) == typeof(DateTimeOffset))
        {
            if (code is CqlTypeCode.Timestamp && DateTimeOffsetCodec.TryRead(bytes, out var time))
            {
                return (T)(object)time;
            }
        }

        return ReadWithCodec<T>(ordinal, bytes);
    }

    [DoesNotReturn]
    internal void ThrowNull<T>(int ordinal)
    {
        var column = Metadata.Columns[ordinal];
        var type = ClrTypeName.Of(typeof(T));
        throw new InvalidValueException(
            $"is null, which {type} can't hold. Read it as {type}?, or ask TryGet or IsNull first.", column.Type, typeof(T))
            .WithColumn(column.Name);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T ReadWithCodec<T>(int ordinal, ReadOnlySpan<byte> bytes)
    {
        var column = Metadata.Columns[ordinal];
        try
        {
            if (_codecs[ordinal] is not Codec<T> codec)
            {
                codec = _registry.Get<T>(column.Type);
                _codecs[ordinal] = codec;
            }

            return codec.Read(bytes);
        }
        catch (InvalidTypeException e)
        {
            throw e.WithColumn(column.Name);
        }
        catch (InvalidValueException e)
        {
            throw e.WithColumn(column.Name);
        }
    }
}
