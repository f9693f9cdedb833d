namespace Ilium.Topology.Schema;

/// <summary>Puts user-defined types after those they use.</summary>
internal static class UserTypeOrder
{
    internal static IEnumerable<UserDefinedTypeMetadata> Sort(IEnumerable<UserDefinedTypeMetadata> types)
    {
        var byName = types.ToDictionary(static type => type.Name, StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var order = new List<UserDefinedTypeMetadata>();
        foreach (var type in byName.Values.OrderBy(static type => type.Name, StringComparer.Ordinal))
        {
            Place(type);
        }

        return order;

        void Place(UserDefinedTypeMetadata type)
        {
            if (!placed.Add(type.Name))
            {
                return;
            }

            foreach (var used in type.Fields.SelectMany(static field => Used(field.Type)))
            {
                if (byName.TryGetValue(used, out var other))
                {
                    Place(other);
                }
            }

            order.Add(type);
        }
    }

    private static IEnumerable<string> Used(CqlType type) => type switch
    {
        CqlUserType user => [user.Name],
        CqlListType list => Used(list.Element),
        CqlSetType set => Used(set.Element),
        CqlVectorType vector => Used(vector.Element),
        CqlMapType map => Used(map.Key).Concat(Used(map.Value)),
        CqlTupleType tuple => tuple.Elements.SelectMany(Used),
        _ => [],
    };
}
