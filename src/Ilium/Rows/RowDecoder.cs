using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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

    // One for each type that rows of this result were read into: nearly always none or one.
    private MemberPlan? _plans;

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

    /// <summary>Decodes a value that is not null, of a column whose kind is <paramref name="code"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T Read<T>(int ordinal, CqlTypeCode code, ReadOnlySpan<byte> bytes) =>
        QuickValues.TryRead<T>(code, bytes, out var value) ? value : ReadWithCodec<T>(ordinal, bytes);

    /// <summary>Which columns go to which members of a mapped type.</summary>
    internal MemberPlan PlanOf<T>()
        where T : IRowMapped<T>
    {
        for (var plan = Volatile.Read(ref _plans); plan is not null; plan = plan.Next)
        {
            if (plan.IsOf(typeof(T)))
            {
                return plan;
            }
        }

        return MakePlan<T>();
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

    // Two threads may make one at once; both are the same, and the second stays unused at the end of the list.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MemberPlan MakePlan<T>()
        where T : IRowMapped<T>
    {
        var made = MemberPlan.ForRow<T>(Metadata.List, _registry);
        do
        {
            made.Next = Volatile.Read(ref _plans);
        }
        while (Interlocked.CompareExchange(ref _plans, made, made.Next) != made.Next);
        return made;
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
