using Ilium.Statements;

namespace Ilium;

/// <summary>Collects the values of a prepared statement one by one. Not for several threads at once.</summary>
public sealed class BoundStatementBuilder
{
    private readonly PreparedStatement _prepared;
    private readonly PreparedState _state;
    private readonly byte[]?[] _values;

    internal BoundStatementBuilder(PreparedStatement prepared, PreparedState state)
    {
        _prepared = prepared;
        _state = state;
        _values = new byte[]?[state.Variables.Count];
    }

    /// <summary>What applies to every execution of the statement that is built.</summary>
    public ExecutionOptions? Options { get; set; }

    /// <summary>Sets the value of a marker by position.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="index">The position of the marker, from 0.</param>
    /// <param name="value">null writes null, <see cref="Unset.Value"/> leaves the column alone.</param>
    public BoundStatementBuilder Set<T>(int index, T value)
    {
        if ((uint)index >= (uint)_values.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The statement has {_values.Length} bind markers. Statement: {_prepared.Cql}");
        }

        var writer = _prepared.RentWriter();
        _state.Write(writer, index, value);
        _values[index] = writer.WrittenSpan.ToArray();
        _prepared.ReturnWriter(writer);
        return this;
    }

    /// <summary>Sets the value of every marker with a name.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name of the marker, or of the column it stands for.</param>
    /// <param name="value">null writes null, <see cref="Unset.Value"/> leaves the column alone.</param>
    public BoundStatementBuilder Set<T>(string name, T value)
    {
        var found = false;
        for (var i = 0; i < _values.Length; i++)
        {
            if (_state.Variables.Columns[i].Name == name)
            {
                Set(i, value);
                found = true;
            }
        }

        if (!found)
        {
            throw new ArgumentException(
                $"The statement has no bind marker '{name}'; it has {string.Join(", ", _state.Variables.Columns.Select(column => column.Name))}. Statement: {_prepared.Cql}",
                nameof(name));
        }

        return this;
    }

    /// <summary>The statement with the values set so far; markers without one are left unset (native protocol v4 and later).</summary>
    /// <exception cref="InvalidValueException">A marker of the partition key has no value.</exception>
    public BoundStatement Build()
    {
        var writer = _prepared.RentWriter();
        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i] is { } value)
            {
                writer.WriteRaw(value);
            }
            else
            {
                _state.WriteUnset(writer, i);
            }
        }

        return _prepared.Finish(_state, writer, _values.Length, Options);
    }
}
