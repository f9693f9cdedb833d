using System.ComponentModel;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium;

/// <summary>Takes from generated code the fields of a user-defined type, in the type's order.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct MemberWriter
{
    private readonly MemberPlan _plan;
    private readonly CqlWriter _writer;
    private int _part;

    internal MemberWriter(MemberPlan plan, CqlWriter writer)
    {
        _plan = plan;
        _writer = writer;
        _part = -1;
    }

    /// <summary>Moves to the next field that a member stands for; those between are null. Each one must be written before the next call.</summary>
    /// <param name="member">The number of the member.</param>
    /// <returns>False after the last.</returns>
    public bool Next(out int member)
    {
        while (++_part < _plan.MemberOf.Length)
        {
            member = _plan.MemberOf[_part];
            if (member >= 0)
            {
                return true;
            }

            _writer.WriteInt32(-1);
        }

        member = -1;
        return false;
    }

    /// <summary>True when there is a field for the member.</summary>
    /// <param name="member">The number of the member.</param>
    public readonly bool Has(int member) => _plan.Has(member);

    /// <summary>Writes the field that <see cref="Next"/> moved to.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <param name="value">Its value.</param>
    public readonly void Write<T>(T value)
    {
        if (value is null)
        {
            _writer.WriteInt32(-1);
            return;
        }

        var start = _writer.BeginLength();
        _plan.WriteWithCodec(_part, _writer, value);
        _writer.EndLength(start);
    }

    /// <summary>Writes the field that <see cref="Next"/> moved to, of a member that may be null.</summary>
    /// <typeparam name="T">The member's type without its question mark.</typeparam>
    /// <param name="value">Its value.</param>
    public readonly void WriteNullable<T>(T? value)
        where T : struct
    {
        if (value is { } some)
        {
            Write(some);
        }
        else
        {
            _writer.WriteInt32(-1);
        }
    }

    /// <summary>Refuses a value that would be lost, because its type has no field for it.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <param name="member">The number of the member.</param>
    /// <param name="value">Its value.</param>
    public readonly void Missing<T>(int member, T value)
    {
        if (value is not null)
        {
            _plan.ThrowNoField(member);
        }
    }
}
