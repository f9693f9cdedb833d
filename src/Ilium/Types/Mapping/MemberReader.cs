using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ilium.Types;

namespace Ilium;

/// <summary>Gives generated code the columns of a row, or the fields of a user-defined type, in the order in which they came.</summary>
/// <remarks>
/// What it is: a cursor that goes over the bytes once, whatever the order of the members. Threads: the one that made it. Ownership: the bytes are the page's; what is read
/// from them is copied.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct MemberReader
{
    private const int LengthSize = sizeof(int);

    private readonly MemberPlan _plan;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private int _part;

    internal MemberReader(MemberPlan plan, ReadOnlySpan<byte> bytes, int position)
    {
        _plan = plan;
        _bytes = bytes;
        _position = position;
        _part = -1;
    }

    /// <summary>Where what comes after the row begins, once <see cref="Next"/> was false.</summary>
    internal readonly int Position => _position;

    /// <summary>Moves to the next column that a member stands for. Each one must be read before the next call.</summary>
    /// <param name="member">The number of the member.</param>
    /// <returns>False after the last.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(out int member)
    {
        var members = _plan.MemberOf;
        var part = _part + 1;
        while ((uint)part < (uint)members.Length)
        {
            member = members[part];
            if (member >= 0)
            {
                _part = part;
                return true;
            }

            Take(0, out _);
            part++;
        }

        _part = part;
        member = -1;
        return false;
    }

    /// <summary>True when there is a column or field for the member.</summary>
    /// <param name="member">The number of the member.</param>
    public readonly bool Has(int member) => _plan.Has(member);

    /// <summary>Reads the value that <see cref="Next"/> moved to.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>()
    {
        var bytes = Take(QuickValues.LikelyLength<T>(), out var isNull);
        if (isNull)
        {
            return _plan.ReadNull<T>(_part);
        }

        return QuickValues.TryRead<T>(_plan.Codes[_part], bytes, out var value) ? value : _plan.ReadWithCodec<T>(_part, bytes);
    }

    /// <summary>Reads the value that <see cref="Next"/> moved to, of a member that may be null.</summary>
    /// <typeparam name="T">The member's type without its question mark.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T? ReadNullable<T>()
        where T : struct
    {
        var bytes = Take(QuickValues.LikelyLength<T>(), out var isNull);
        if (isNull || (bytes.IsEmpty && _plan.IsNothing(_part)))
        {
            return null;
        }

        return QuickValues.TryRead<T>(_plan.Codes[_part], bytes, out var value) ? value : _plan.ReadWithCodec<T>(_part, bytes);
    }

    /// <summary>The content at the position, which moves past it. See <see cref="RowSet.Cell(int, int, int, out bool)"/> for the likely length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int likelyLength, out bool isNull)
    {
        var bytes = _bytes;
        var start = _position + LengthSize;
        if ((uint)start > (uint)bytes.Length)
        {
            isNull = true;
            ThrowUnlessMissing();
            return default;
        }

        ref var cell = ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), start - LengthSize);
        var length = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(ref cell));
        if (likelyLength > 0 && length == likelyLength && likelyLength <= bytes.Length - start)
        {
            isNull = false;
            _position = start + likelyLength;
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref cell, LengthSize), likelyLength);
        }

        isNull = length < 0;
        if (length > bytes.Length - start)
        {
            _plan.ThrowShort();
        }

        length = isNull ? 0 : length;
        _position = start + length;
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref cell, LengthSize), length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ThrowUnlessMissing()
    {
        if (!_plan.MayEndEarly || _position != _bytes.Length)
        {
            _plan.ThrowShort();
        }
    }
}
