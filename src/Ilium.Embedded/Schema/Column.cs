using System.Collections.Immutable;

namespace Ilium.Embedded.Schema;

internal enum ColumnRole
{
    PartitionKey,
    Clustering,
    Static,
    Regular,
}

/// <summary>A column of a table. Immutable.</summary>
/// <param name="Name">In its own case.</param>
/// <param name="Type">Without what is frozen in it: everything nested is.</param>
/// <param name="IsMulticell">A collection or user-defined type that is not frozen, whose parts are cells of their own.</param>
/// <param name="Kind">What it is in the table.</param>
/// <param name="Position">Among the columns of the key; -1 for others.</param>
/// <param name="IsReversed">A clustering column in descending order.</param>
internal sealed record Column(string Name, CqlType Type, bool IsMulticell, ColumnRole Kind, int Position = -1, bool IsReversed = false)
{
    /// <summary>Where its cells are in a row; static ones are counted apart.</summary>
    internal int Slot { get; init; } = -1;

    /// <summary>How many slots a row of its kind is made with.</summary>
    internal int SlotCount { get; init; }

    internal bool IsKey => Kind is ColumnRole.PartitionKey or ColumnRole.Clustering;

    internal bool IsStatic => Kind == ColumnRole.Static;

    internal bool IsCounter => Type.Code == CqlTypeCode.Counter;

    internal bool IsFrozenCollection => !IsMulticell && Type is CqlListType or CqlSetType or CqlMapType;

    /// <summary>Its type as the schema tables write it.</summary>
    internal string TypeText => Schema.TypeText.Of(Type, IsMulticell);
}

/// <summary>A column that is no longer there, for <c>system_schema.dropped_columns</c>.</summary>
internal sealed record DroppedColumn(string Name, CqlType Type, bool IsMulticell, ColumnRole Kind, long DroppedAtMicroseconds);

/// <summary>An index. Immutable.</summary>
internal sealed record TableIndex(string Name, string Kind, ImmutableSortedDictionary<string, string> Options)
{
    internal string Target => Options.GetValueOrDefault("target", "");

    internal bool IsCustom => Kind == "CUSTOM";

    internal string? ClassName => Options.GetValueOrDefault("class_name");
}
