using System.Text.Json;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>The values of an INSERT JSON: one for each column of the table, in its order, taken from the text at each run. Immutable.</summary>
internal sealed class JsonValues(TableDefinition table, Expression text, bool defaultUnset)
{
    /// <summary>The values of the markers, and behind them those of the columns.</summary>
    internal byte[]?[] Values(byte[]?[] markers)
    {
        var bytes = text is MarkerExpression marker ? markers[marker.Index] : text.Evaluate(null!);
        if (bytes is null || ReferenceEquals(bytes, QueryOptions.Unset))
        {
            throw CqlError.Invalid("Got null for INSERT JSON values");
        }

        var json = ValueBytes.ToText(bytes);
        var values = new byte[]?[table.Columns.Length];
        using var document = Parse(json);
        var left = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            left[ValueJson.ColumnName(property.Name)] = property.Value;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var column = table.Columns[i];
            if (!left.Remove(column.Name, out var element))
            {
                values[i] = defaultUnset ? QueryOptions.Unset : null;
                continue;
            }

            try
            {
                values[i] = ValueJson.FromJson(column.Type, element);
            }
            catch (CqlError error) when (error.Code == InvalidQueryException.ErrorCode)
            {
                throw CqlError.Invalid($"Error decoding JSON value for {column.Name}: {error.Message}");
            }
        }

        return left.Count == 0 ? [.. markers, .. values] : throw CqlError.Invalid($"JSON values map contains unrecognized column: {left.Keys.First()}");
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw CqlError.Invalid($"Could not decode JSON string as a map: {json}. (String was: {json})");
        }
        catch (JsonException error)
        {
            throw CqlError.Invalid($"Could not decode JSON string as a map: {error.Message}. (String was: {json})");
        }
    }
}
