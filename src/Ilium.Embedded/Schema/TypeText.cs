namespace Ilium.Embedded.Schema;

/// <summary>Types as CQL and the schema tables write them: what is nested is frozen and says so.</summary>
internal static class TypeText
{
    internal static string Of(CqlType type, bool isMulticell = false) => type switch
    {
        CqlListType list => Frozen($"list<{Of(list.Element)}>", isMulticell),
        CqlSetType set => Frozen($"set<{Of(set.Element)}>", isMulticell),
        CqlMapType map => Frozen($"map<{Of(map.Key)}, {Of(map.Value)}>", isMulticell),
        CqlUserType user => Frozen(CqlIdentifier.ToCql(user.Name), isMulticell),
        CqlTupleType tuple => $"frozen<tuple<{string.Join(", ", tuple.Elements.Select(e => Of(e)))}>>",
        CqlVectorType vector => $"vector<{Of(vector.Element)}, {vector.Dimensions}>",
        _ => type.ToString()!,
    };

    /// <summary>As messages write it: nothing is called frozen.</summary>
    internal static string Plain(CqlType type) => type switch
    {
        CqlUserType user => CqlIdentifier.ToCql(user.Name),
        CqlListType list => $"list<{Plain(list.Element)}>",
        CqlSetType set => $"set<{Plain(set.Element)}>",
        CqlMapType map => $"map<{Plain(map.Key)}, {Plain(map.Value)}>",
        CqlTupleType tuple => $"tuple<{string.Join(", ", tuple.Elements.Select(Plain))}>",
        CqlVectorType vector => $"vector<{Plain(vector.Element)}, {vector.Dimensions}>",
        _ => type.ToString()!,
    };

    private static string Frozen(string text, bool isMulticell) => isMulticell ? text : $"frozen<{text}>";
}
