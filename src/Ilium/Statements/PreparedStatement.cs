using System.Runtime.CompilerServices;
using Ilium.Buffers;
using Ilium.Statements;

namespace Ilium;

/// <summary>
/// A statement the cluster has prepared. A handle that never goes stale: when a node forgets it or its table changes, the driver prepares
/// it again and the handle goes on. May be shared by threads and by all sessions of its cluster; keep it as long as you like.
/// </summary>
public sealed class PreparedStatement
{
    // Larger arrays were needed for one large value and go back.
    private const int MaxPooledWriter = 64 * 1024;

    private readonly ObjectPool<CqlWriter> _writers;
    private PreparedState _state;

    internal PreparedStatement(string cql, string? keyspace, PreparedState state, ObjectPool<CqlWriter> writers)
    {
        Cql = cql;
        IsRead = SelectStatement.Is(cql);
        IsConditional = ConditionalStatement.Is(cql);
        Keyspace = keyspace;
        _state = state;
        _writers = writers;
    }

    /// <summary>The text that was prepared.</summary>
    public string Cql { get; }

    /// <summary>The keyspace unqualified names of the text are in; null when it was prepared without one.</summary>
    public string? Keyspace { get; }

    /// <summary>The bind markers, in order: the column each one stands for, or the marker's own name.</summary>
    public IReadOnlyList<ColumnDefinition> Variables => State.Variables.List;

    /// <summary>The columns of the rows it returns; empty where the server can't tell beforehand, as for conditional statements.</summary>
    public IReadOnlyList<ColumnDefinition> ResultColumns => State.Result.Metadata.List;

    /// <summary>What applies to every statement bound from this one, unless it says otherwise.</summary>
    public ExecutionOptions? Options { get; init; }

    internal bool IsRead { get; }

    /// <summary>True for a lightweight transaction.</summary>
    internal bool IsConditional { get; }

    internal PreparedState State => Volatile.Read(ref _state);

    /// <summary>Binds one value for each marker, in order.</summary>
    /// <param name="values">null writes null, <see cref="Unset.Value"/> leaves the column alone.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than markers.</exception>
    /// <exception cref="InvalidTypeException">A value's type is not one its column takes; the column is named.</exception>
    /// <exception cref="InvalidValueException">A value is beyond its column's range, or null or unset where the partition key is.</exception>
    public BoundStatement Bind(params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var state = CheckCount(values.Length);
        var writer = RentWriter();
        for (var i = 0; i < values.Length; i++)
        {
            state.Write(writer, i, values[i]);
        }

        return Finish(state, writer, values.Length);
    }

    /// <summary>Binds one value, without boxing it.</summary>
    /// <typeparam name="T1">The type of the value.</typeparam>
    /// <param name="v1">The value of the first marker.</param>
    public BoundStatement Bind<T1>(T1 v1)
    {
        var state = CheckCount(1);
        var writer = RentWriter();
        state.Write(writer, 0, v1);
        return Finish(state, writer, 1);
    }

    /// <summary>Binds two values, without boxing them.</summary>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <param name="v1">The value of the first marker.</param>
    /// <param name="v2">The value of the second marker.</param>
    public BoundStatement Bind<T1, T2>(T1 v1, T2 v2)
    {
        var state = CheckCount(2);
        var writer = RentWriter();
        state.Write(writer, 0, v1);
        state.Write(writer, 1, v2);
        return Finish(state, writer, 2);
    }

    /// <summary>Binds three values, without boxing them.</summary>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <typeparam name="T3">The type of the third value.</typeparam>
    /// <param name="v1">The value of the first marker.</param>
    /// <param name="v2">The value of the second marker.</param>
    /// <param name="v3">The value of the third marker.</param>
    public BoundStatement Bind<T1, T2, T3>(T1 v1, T2 v2, T3 v3)
    {
        var state = CheckCount(3);
        var writer = RentWriter();
        state.Write(writer, 0, v1);
        state.Write(writer, 1, v2);
        state.Write(writer, 2, v3);
        return Finish(state, writer, 3);
    }

    /// <summary>Binds four values, without boxing them.</summary>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <typeparam name="T3">The type of the third value.</typeparam>
    /// <typeparam name="T4">The type of the fourth value.</typeparam>
    /// <param name="v1">The value of the first marker.</param>
    /// <param name="v2">The value of the second marker.</param>
    /// <param name="v3">The value of the third marker.</param>
    /// <param name="v4">The value of the fourth marker.</param>
    public BoundStatement Bind<T1, T2, T3, T4>(T1 v1, T2 v2, T3 v3, T4 v4)
    {
        var state = CheckCount(4);
        var writer = RentWriter();
        state.Write(writer, 0, v1);
        state.Write(writer, 1, v2);
        state.Write(writer, 2, v3);
        state.Write(writer, 3, v4);
        return Finish(state, writer, 4);
    }

    /// <summary>Binds five values, without boxing them. For more, see <see cref="CreateBuilder"/>.</summary>
    /// <typeparam name="T1">The type of the first value.</typeparam>
    /// <typeparam name="T2">The type of the second value.</typeparam>
    /// <typeparam name="T3">The type of the third value.</typeparam>
    /// <typeparam name="T4">The type of the fourth value.</typeparam>
    /// <typeparam name="T5">The type of the fifth value.</typeparam>
    /// <param name="v1">The value of the first marker.</param>
    /// <param name="v2">The value of the second marker.</param>
    /// <param name="v3">The value of the third marker.</param>
    /// <param name="v4">The value of the fourth marker.</param>
    /// <param name="v5">The value of the fifth marker.</param>
    public BoundStatement Bind<T1, T2, T3, T4, T5>(T1 v1, T2 v2, T3 v3, T4 v4, T5 v5)
    {
        var state = CheckCount(5);
        var writer = RentWriter();
        state.Write(writer, 0, v1);
        state.Write(writer, 1, v2);
        state.Write(writer, 2, v3);
        state.Write(writer, 3, v4);
        state.Write(writer, 4, v5);
        return Finish(state, writer, 5);
    }

    /// <summary>Binds values by name. Markers without a value are left unset (native protocol v4 and later).</summary>
    /// <param name="values">A value for each name; a name that is not a marker's is an error.</param>
    /// <remarks>Has priority over the overload that binds one value of any type, which a dictionary would be.</remarks>
    [OverloadResolutionPriority(1)]
    public BoundStatement Bind(IReadOnlyDictionary<string, object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var builder = CreateBuilder();
        foreach (var (name, value) in values)
        {
            builder.Set(name, value);
        }

        return builder.Build();
    }

    /// <summary>Binds any number of values one by one, by position or by name, without boxing.</summary>
    public BoundStatementBuilder CreateBuilder() => new(this, State);

    /// <summary>The text.</summary>
    public override string ToString() => Cql;

    /// <summary>Replaces what the server said.</summary>
    internal void Replace(PreparedState state) => Volatile.Write(ref _state, state);

    /// <summary>Replaces what the server said, unless somebody else has already.</summary>
    internal bool TryReplace(PreparedState expected, PreparedState state) =>
        Interlocked.CompareExchange(ref _state, state, expected) == expected;

    internal CqlWriter RentWriter()
    {
        var writer = _writers.Rent();
        writer.Clear();
        return writer;
    }

    internal void ReturnWriter(CqlWriter writer)
    {
        writer.Shrink(MaxPooledWriter);
        _writers.Return(writer);
    }

    internal BoundStatement Finish(PreparedState state, CqlWriter writer, int count, ExecutionOptions? options = null)
    {
        var values = writer.WrittenSpan.ToArray();
        ReturnWriter(writer);
        return new BoundStatement(this, state, values, count) { Options = options ?? Options };
    }

    private PreparedState CheckCount(int count)
    {
        var state = State;
        if (count != state.Variables.Count)
        {
            throw new ArgumentException(
                $"The statement has {state.Variables.Count} bind markers and was given {count} values. " +
                $"Use Unset.Value for columns to leave alone. Statement: {Cql}");
        }

        return state;
    }
}
