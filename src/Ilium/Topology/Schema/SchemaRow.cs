using System.Collections.Immutable;
using System.IO.Hashing;
using Ilium.Rows;

namespace Ilium.Topology.Schema;

/// <summary>
/// A row of a schema table. A column that the server does not have, or has with another type, reads as if it were null: servers differ, and what
/// one lacks must not hide what it has.
/// </summary>
internal readonly struct SchemaRow(Row row, ResultMetadata columns, TextPool texts)
{
    internal IReadOnlyList<ColumnDefinition> Columns => columns.List;

    /// <exception cref="InvalidOperationException">It is null: the row describes nothing.</exception>
    internal string Required(string column) => Text(column) ?? throw new InvalidOperationException($"the row has no {column}");

    internal string? Text(string column)
    {
        var ordinal = Find(column, CqlTypeCode.Text, CqlTypeCode.Ascii);
        return ordinal < 0 ? null : texts.Get(row.GetBytes(ordinal));
    }

    internal int? Int(string column) => Find(column, CqlTypeCode.Int) is >= 0 and var ordinal ? row.Get<int>(ordinal) : null;

    internal bool? Boolean(string column) => Find(column, CqlTypeCode.Boolean) is >= 0 and var ordinal ? row.Get<bool>(ordinal) : null;

    internal Guid? Uuid(string column) => Find(column, CqlTypeCode.Uuid, CqlTypeCode.Timeuuid) is >= 0 and var ordinal ? row.Get<Guid>(ordinal) : null;

    internal IReadOnlyList<string> Texts(string column) => Find(column, CqlTypeCode.List, CqlTypeCode.Set) is >= 0 and var ordinal ? row.Get<string[]>(ordinal) : [];

    internal IReadOnlyList<bool> Booleans(string column) => Find(column, CqlTypeCode.List) is >= 0 and var ordinal ? row.Get<bool[]>(ordinal) : [];

    internal ImmutableSortedDictionary<string, string> Map(string column) => Find(column, CqlTypeCode.Map) is >= 0 and var ordinal
        ? row.Get<Dictionary<string, string>>(ordinal).ToImmutableSortedDictionary(StringComparer.Ordinal)
        : KeyspaceParts.NoText;

    /// <summary>The value of a column as an option of a table; null for null.</summary>
    internal object? Option(ColumnDefinition column) => row.IsNull(column.Ordinal) ? null : column.Type switch
    {
        CqlMapType { Key.Code: CqlTypeCode.Text, Value.Code: CqlTypeCode.Text } => Map(column.Name),
        CqlMapType { Key.Code: CqlTypeCode.Text, Value.Code: CqlTypeCode.Blob } =>
            row.Get<Dictionary<string, byte[]>>(column.Ordinal).ToImmutableSortedDictionary(StringComparer.Ordinal),
        { Code: CqlTypeCode.Text } => texts.Get(row.GetBytes(column.Ordinal)),
        _ => row[column.Ordinal],
    };

    /// <summary>Adds the bytes of a column to a hash; null and nothing differ.</summary>
    internal void AddTo(XxHash128 hash, ColumnDefinition column)
    {
        var bytes = row.GetBytes(column.Ordinal);
        hash.Append(BitConverter.GetBytes(row.IsNull(column.Ordinal) ? -1 : bytes.Length));
        hash.Append(bytes);
    }

    private int Find(string column, CqlTypeCode code, CqlTypeCode alsoCode = CqlTypeCode.Custom)
    {
        var ordinal = columns.IndexOf(column);
        return ordinal >= 0 && (columns[ordinal].Type.Code == code || columns[ordinal].Type.Code == alsoCode) && !row.IsNull(ordinal) ? ordinal : -1;
    }
}
