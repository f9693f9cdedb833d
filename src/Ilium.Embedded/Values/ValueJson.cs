using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Values;

/// <summary>Values as JSON and from JSON, as <c>SELECT JSON</c>, <c>INSERT JSON</c>, <c>to_json</c> and <c>from_json</c> have it.</summary>
internal static class ValueJson
{
    internal static string ToJson(CqlType type, byte[]? bytes)
    {
        var text = new StringBuilder();
        Append(text, type, bytes);
        return text.ToString();
    }

    /// <summary>A JSON string with what has to be escaped.</summary>
    internal static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case < ' ':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }

    internal static void Append(StringBuilder text, CqlType type, byte[]? bytes)
    {
        if (bytes is null || (bytes.Length == 0 && type.Code is not (CqlTypeCode.Text or CqlTypeCode.Ascii or CqlTypeCode.Blob)))
        {
            text.Append(bytes is null || type.Code != CqlTypeCode.Text ? "null" : "\"\"");
            return;
        }

        switch (type)
        {
            case CqlListType list:
                AppendArray(text, list.Element, ValueParts.Elements(list, bytes));
                break;
            case CqlSetType set:
                AppendArray(text, set.Element, ValueParts.Elements(set, bytes));
                break;
            case CqlVectorType vector:
                AppendArray(text, vector.Element, ValueParts.Elements(vector, bytes));
                break;
            case CqlMapType map:
                AppendMap(text, map, bytes);
                break;
            case CqlTupleType tuple:
                AppendTuple(text, tuple, bytes);
                break;
            case CqlUserType user:
                AppendUserType(text, user, bytes);
                break;
            default:
                AppendScalar(text, type, bytes);
                break;
        }
    }

    /// <summary>The bytes of a value; null for JSON's null.</summary>
    /// <exception cref="CqlError">The JSON does not fit the type.</exception>
    internal static byte[]? FromJson(CqlType type, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (type)
        {
            case CqlListType list:
                return ValueParts.Sequence(Array(json, "list").Select(e => FromJson(list.Element, e) ?? throw CqlError.Invalid("Invalid null element in list")).ToList());
            case CqlSetType set:
                return ValueParts.Sequence(ValueParts.SortedSet(set.Element, [.. Array(json, "set").Select(e => FromJson(set.Element, e) ?? throw CqlError.Invalid("Invalid null element in set"))]));
            case CqlVectorType vector:
                return VectorFromJson(vector, json);
            case CqlMapType map:
                return MapFromJson(map, json);
            case CqlTupleType tuple:
                return TupleFromJson(tuple, json);
            case CqlUserType user:
                return UserTypeFromJson(user, json);
            default:
                return ScalarFromJson(type, json);
        }
    }

    private static void AppendArray(StringBuilder text, CqlType element, List<byte[]?> elements)
    {
        text.Append('[');
        for (var i = 0; i < elements.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, element, elements[i]);
        }

        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, CqlMapType map, byte[] bytes)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in ValueParts.Entries(map, bytes))
        {
            text.Append(first ? "" : ", ");
            first = false;
            var json = ToJson(map.Key, key);
            if (json.StartsWith('"'))
            {
                text.Append(json);
            }
            else
            {
                AppendString(text, json);
            }

            text.Append(": ");
            Append(text, map.Value, value);
        }

        text.Append('}');
    }

    private static void AppendTuple(StringBuilder text, CqlTupleType tuple, byte[] bytes)
    {
        var fields = ValueParts.Fields(tuple, tuple.Elements.Length, bytes);
        text.Append('[');
        for (var i = 0; i < fields.Length; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, tuple.Elements[i], fields[i]);
        }

        text.Append(']');
    }

    private static void AppendUserType(StringBuilder text, CqlUserType user, byte[] bytes)
    {
        var fields = ValueParts.Fields(user, user.Fields.Length, bytes);
        text.Append('{');
        for (var i = 0; i < fields.Length; i++)
        {
            text.Append(i > 0 ? ", " : "");
            var name = user.Fields[i].Name;
            AppendString(text, name.Any(char.IsUpper) ? "\"" + name + "\"" : name);
            text.Append(": ");
            Append(text, user.Fields[i].Type, fields[i]);
        }

        text.Append('}');
    }

    private static void AppendScalar(StringBuilder text, CqlType type, byte[] bytes)
    {
        switch (type.Code)
        {
            case CqlTypeCode.Boolean or CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint or CqlTypeCode.Counter or CqlTypeCode.Varint or CqlTypeCode.Decimal:
                text.Append(ValueText.Format(type, bytes));
                break;
            case CqlTypeCode.Float or CqlTypeCode.Double:
                var number = ValueText.Format(type, bytes);
                text.Append(number is "NaN" or "Infinity" or "-Infinity" ? "null" : number);
                break;
            case CqlTypeCode.Timestamp:
                AppendString(text, ValueText.FormatTimestamp(ValueBytes.ToBigint(bytes), "yyyy-MM-dd HH:mm:ss.fff'Z'"));
                break;
            default:
                AppendString(text, ValueText.Format(type, bytes));
                break;
        }
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement json, string what)
    {
        json = Unwrap(json);
        return json.ValueKind == JsonValueKind.Array
            ? json.EnumerateArray()
            : throw CqlError.Invalid($"Expected a list{(what == "set" ? " (representing a set)" : "")}, but got a {JavaClass(json)}: {Raw(json)}");
    }

    private static byte[] VectorFromJson(CqlVectorType vector, JsonElement json)
    {
        var elements = Array(json, "list").Select(e => FromJson(vector.Element, e) ?? throw CqlError.Invalid("Invalid null element in vector")).ToList();
        return elements.Count == vector.Dimensions
            ? ValueParts.Vector(vector, elements)
            : throw CqlError.Invalid($"Invalid number of elements for vector: expected {vector.Dimensions} but got {elements.Count}");
    }

    private static byte[] MapFromJson(CqlMapType map, JsonElement json)
    {
        json = Unwrap(json);
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw CqlError.Invalid($"Expected a map, but got a {JavaClass(json)}: {Raw(json)}");
        }

        var entries = new List<KeyValuePair<byte[], byte[]>>();
        foreach (var property in json.EnumerateObject())
        {
            var value = FromJson(map.Value, property.Value) ?? throw CqlError.Invalid("Invalid null value in map");
            entries.Add(new(KeyFromText(map.Key, property.Name), value));
        }

        return ValueParts.Map(ValueParts.SortedMap(map.Key, entries));
    }

    // A key is always a string in JSON: of text itself, of anything else the JSON of it.
    private static byte[] KeyFromText(CqlType type, string text)
    {
        if (type.Code is CqlTypeCode.Text or CqlTypeCode.Ascii)
        {
            return ValueText.Parse(type, text);
        }

        if (type is CqlListType or CqlSetType or CqlMapType or CqlTupleType or CqlUserType or CqlVectorType)
        {
            using var document = JsonDocument.Parse(text);
            return FromJson(type, document.RootElement) ?? throw CqlError.Invalid("Invalid null key in map");
        }

        return ValueText.Parse(type, text);
    }

    private static byte[] TupleFromJson(CqlTupleType tuple, JsonElement json)
    {
        json = Unwrap(json);
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw CqlError.Invalid($"Expected a list representation of a tuple, but got a {JavaClass(json)}: {Raw(json)}");
        }

        var items = json.EnumerateArray().ToArray();
        if (items.Length > tuple.Elements.Length)
        {
            throw CqlError.Invalid($"Tuple contains extra items (expected {tuple.Elements.Length}): {Raw(json)}");
        }

        if (items.Length < tuple.Elements.Length)
        {
            throw CqlError.Invalid($"Tuple is missing items (expected {tuple.Elements.Length}): {Raw(json)}");
        }

        return ValueParts.Tuple([.. items.Select((item, i) => FromJson(tuple.Elements[i], item))]);
    }

    private static byte[] UserTypeFromJson(CqlUserType user, JsonElement json)
    {
        json = Unwrap(json);
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw CqlError.Invalid($"Expected a map, but got a {JavaClass(json)}: {Raw(json)}");
        }

        var fields = new byte[]?[user.Fields.Length];
        var unknown = new List<string>();
        foreach (var property in json.EnumerateObject())
        {
            var name = ColumnName(property.Name);
            var index = user.Fields.ToList().FindIndex(f => f.Name == name);
            if (index < 0)
            {
                unknown.Add(property.Name);
                continue;
            }

            fields[index] = FromJson(user.Fields[index].Type, property.Value);
        }

        return unknown.Count == 0
            ? ValueParts.Tuple(fields)
            : throw CqlError.Invalid($"Unknown field(s) in user-defined type: [{string.Join(", ", unknown)}]");
    }

    /// <summary>Keys of JSON objects that stand for columns and fields are folded to lower case unless they are in quotes of their own.</summary>
    internal static string ColumnName(string key) => key.Length > 1 && key[0] == '"' && key[^1] == '"' ? key[1..^1] : key.ToLowerInvariant();

    private static byte[] ScalarFromJson(CqlType type, JsonElement json)
    {
        var text = json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        switch (type.Code)
        {
            case CqlTypeCode.Text or CqlTypeCode.Ascii when json.ValueKind != JsonValueKind.String:
                throw CqlError.Invalid($"Expected {(type.Code == CqlTypeCode.Text ? "a UTF-8" : "an ASCII")} string, but got a {JavaClass(json)}: {Raw(json)}");
            case CqlTypeCode.Boolean when json.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.String):
                throw CqlError.Invalid($"Expected a boolean value, but got a {JavaClass(json)}: {Raw(json)}");
            case CqlTypeCode.Blob or CqlTypeCode.Uuid or CqlTypeCode.Timeuuid or CqlTypeCode.Inet or CqlTypeCode.Duration or CqlTypeCode.Date when json.ValueKind != JsonValueKind.String:
                throw CqlError.Invalid($"Expected a string representation of {Article(type)}{(type.Code == CqlTypeCode.Date ? " value" : "")}, but got a {JavaClass(json)}: {Raw(json)}");
            case CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint or CqlTypeCode.Counter when json.ValueKind is not (JsonValueKind.Number or JsonValueKind.String):
                throw CqlError.Invalid($"Expected {NumberWord(type)} value, but got a {JavaClass(json)}: {Raw(json)}");
            case CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint when json.ValueKind == JsonValueKind.Number && !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                throw CqlError.Invalid($"Expected {NumberWord(type)} value, but got a {JavaClass(json)}: {Raw(json)}");
            case CqlTypeCode.Varint or CqlTypeCode.Decimal or CqlTypeCode.Float or CqlTypeCode.Double when json.ValueKind is not (JsonValueKind.Number or JsonValueKind.String):
                throw CqlError.Invalid($"Value '{Raw(json)}' is not a valid representation of {Article(type)} value");
            default:
                return ValueText.Parse(type, text);
        }
    }

    private static string NumberWord(CqlType type) => type.Code switch
    {
        CqlTypeCode.Tinyint => "a byte",
        CqlTypeCode.Smallint => "a short",
        CqlTypeCode.Int => "an int",
        _ => "a bigint",
    };

    private static string Article(CqlType type) => type.Code switch
    {
        CqlTypeCode.Inet => "an inet",
        CqlTypeCode.Uuid => "a uuid",
        _ => "a " + type,
    };

    // Strings that hold JSON are taken for it where a collection is expected.
    private static JsonElement Unwrap(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            return json;
        }

        try
        {
            using var document = JsonDocument.Parse(json.GetString()!);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static string Raw(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();

    private static string JavaClass(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => "String",
        JsonValueKind.True or JsonValueKind.False => "Boolean",
        JsonValueKind.Array => "ArrayList",
        JsonValueKind.Object => "LinkedHashMap",
        _ => json.TryGetInt32(out _) ? "Integer" : json.TryGetInt64(out _) ? "Long" : json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? "Double" : "BigInteger",
    };
}
