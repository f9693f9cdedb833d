using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>Functions made for the types they are called with. A type is null where an argument has none of its own, as a bind marker.</summary>
internal static class GenericFunctions
{
    /// <summary>Makes the function; null where the name is none of these.</summary>
    /// <exception cref="CqlError">The name is, and the arguments do not fit.</exception>
    internal static ScalarFunction? Find(string name, IReadOnlyList<CqlType?> arguments, CqlType? receiver, TableDefinition? table)
    {
        switch (name)
        {
            case "token" when table is not null:
                return Token(table, arguments);
            case "tojson" or "to_json":
                return ToJson("to_json", Only(name, arguments));
            case "fromjson" or "from_json":
                return FromJson(name, receiver);
            case "map_keys" when Only(name, arguments) is CqlMapType map:
                return new(name, [map], new CqlSetType(map.Key), (args, _) => ValueParts.Sequence([.. ValueParts.Entries(map, args[0]!).Select(e => e.Key)]));
            case "map_values" when Only(name, arguments) is CqlMapType map:
                return new(name, [map], new CqlListType(map.Value), (args, _) => ValueParts.Sequence([.. ValueParts.Entries(map, args[0]!).Select(e => e.Value)]));
            case "collection_count" when Only(name, arguments) is CqlListType or CqlSetType or CqlMapType:
                return new(name, [arguments[0]!], CqlType.Int, (args, _) => args[0]![..4]);
            case "collection_min" or "collection_max" when ElementOf(Only(name, arguments)) is { } element:
                return Extreme(name, arguments[0]!, element, name == "collection_max");
            case "collection_sum" or "collection_avg" when ElementOf(Only(name, arguments)) is { } element && ValueBytes.IsNumber(element):
                return Total(name, arguments[0]!, element, name == "collection_avg");
            case "similarity_cosine" or "similarity_euclidean" or "similarity_dot_product":
                return Similarity(name, arguments);
            default:
                return name.StartsWith("mask_", StringComparison.Ordinal) ? Masks.Find(name, arguments) : null;
        }
    }

    private static CqlType? ElementOf(CqlType? type) => type switch
    {
        CqlListType list => list.Element,
        CqlSetType set => set.Element,
        _ => null,
    };

    private static CqlType Only(string name, IReadOnlyList<CqlType?> arguments) => arguments.Count == 1
        ? arguments[0] ?? throw CqlError.Invalid($"Cannot infer type of argument in call to function system.{name}: use type casts to disambiguate")
        : throw CqlError.Invalid($"Invalid number of arguments for function system.{name}(any)");

    private static ScalarFunction Token(TableDefinition table, IReadOnlyList<CqlType?> arguments)
    {
        ImmutableArray<CqlType> types = [.. table.PartitionKey.Select(c => c.Type)];
        if (arguments.Count != types.Length)
        {
            throw CqlError.Invalid($"Invalid number of arguments in call to function system.token: {types.Length} required but {arguments.Count} provided");
        }

        return new("token", types, CqlType.Bigint, (args, _) => ValueBytes.Bigint(TableStore.TokenOf(ValueParts.PartitionKey(args!))));
    }

    private static ScalarFunction ToJson(string name, CqlType type) =>
        new(name, [type], CqlType.Text, (args, _) => ValueBytes.Text(ValueJson.ToJson(type, args[0])), IsCalledOnNull: true);

    private static ScalarFunction FromJson(string name, CqlType? receiver)
    {
        var type = receiver ?? throw CqlError.Invalid("fromJson() cannot be used in the selection clause of a SELECT statement");
        return new(name, [CqlType.Text], type, (args, _) =>
        {
            if (args[0] is null)
            {
                return null;
            }

            var text = ValueBytes.ToText(args[0]!);
            try
            {
                using var document = JsonDocument.Parse(text);
                return ValueJson.FromJson(type, document.RootElement);
            }
            catch (JsonException)
            {
                throw CqlError.FunctionFailure("system", name, ["text"], $"execution of 'system.{name}[text]' failed: Could not decode JSON string '{text}'");
            }
            catch (CqlError error) when (error.Code == InvalidQueryException.ErrorCode)
            {
                throw CqlError.FunctionFailure("system", name, ["text"], $"execution of 'system.{name}[text]' failed: {error.Message}");
            }
        }, IsCalledOnNull: true);
    }

    private static ScalarFunction Extreme(string name, CqlType collection, CqlType element, bool largest) => new(name, [collection], element, (args, _) =>
    {
        byte[]? best = null;
        foreach (var value in ValueParts.Elements(collection, args[0]!))
        {
            if (best is null || ServerOrder.Compare(element, value, best) * (largest ? 1 : -1) > 0)
            {
                best = value;
            }
        }

        return best;
    });

    private static ScalarFunction Total(string name, CqlType collection, CqlType element, bool average) => new(name, [collection], element, (args, _) =>
    {
        var state = average ? Aggregates.Average(element) : Aggregates.Sum(element);
        foreach (var value in ValueParts.Elements(collection, args[0]!))
        {
            state.Add(value);
        }

        return state.Result();
    });

    private static ScalarFunction Similarity(string name, IReadOnlyList<CqlType?> arguments)
    {
        var vector = arguments.OfType<CqlVectorType>().FirstOrDefault();
        if (arguments.Count != 2 || vector is null || vector.Element.Code != CqlTypeCode.Float)
        {
            throw CqlError.Invalid($"Function system.{name}(vector<float, n>, vector<float, n>) requires a float vector argument, but found arguments of types {string.Join(" and ", arguments.Select(a => a?.ToString() ?? "?"))}");
        }

        if (arguments.OfType<CqlVectorType>().Any(v => v.Dimensions != vector.Dimensions))
        {
            throw CqlError.Invalid("All arguments must have the same vector dimensions");
        }

        return new(name, [vector, vector], CqlType.Float, (args, _) => ValueBytes.Float(Vectors.Similarity(name["similarity_".Length..], args[0]!, args[1]!)));
    }
}
