using System.Collections.Immutable;
using Ilium.Statements;

namespace Ilium;

/// <summary>
/// CQL text with values for its bind markers (<c>?</c> or <c>:name</c>). A statement with values is prepared the first time it is run on
/// a cluster, so that each value is checked against its column before it is sent, and taken from a cache afterwards.
/// </summary>
public sealed class SimpleStatement : Statement
{
    /// <summary>Makes a statement with values by position.</summary>
    /// <param name="cql">The text. Values belong in bind markers, never in the text.</param>
    /// <param name="values">One value for each marker, in order; null writes null, <see cref="Unset.Value"/> leaves the column alone.</param>
    public SimpleStatement(string cql, params object?[] values)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cql);
        ArgumentNullException.ThrowIfNull(values);
        Cql = cql;
        Values = [.. values.Select(CqlValue.Of)];
    }

    /// <summary>Makes a statement with values by name.</summary>
    /// <param name="cql">The text, with markers such as <c>:name</c>.</param>
    /// <param name="values">A value for each marker's name, in lower case unless the marker is quoted. Markers without a value are left unset.</param>
    public SimpleStatement(string cql, IReadOnlyDictionary<string, object?> values)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cql);
        ArgumentNullException.ThrowIfNull(values);
        Cql = cql;
        Names = [.. values.Keys];
        Values = [.. values.Values.Select(CqlValue.Of)];
    }

    internal SimpleStatement(string cql, ImmutableArray<CqlValue> values)
    {
        Cql = cql;
        Values = values;
    }

    /// <summary>The text.</summary>
    public string Cql { get; }

    internal ImmutableArray<CqlValue> Values { get; }

    /// <summary>The names of the values; default where they go by position.</summary>
    internal ImmutableArray<string> Names { get; }

    internal override bool IsRead => SelectStatement.Is(Cql);

    /// <summary>The text.</summary>
    public override string ToString() => Cql;
}
