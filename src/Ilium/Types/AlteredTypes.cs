namespace Ilium.Types;

/// <summary>What altering user-defined types leaves valid.</summary>
internal static class AlteredTypes
{
    /// <summary>
    /// True when the bytes of a value of the older type are the same value of the newer one: they differ at most by fields that were added at the end. A renamed
    /// field is not taken for the same, since the type may as well have been made anew with its fields in another order.
    /// </summary>
    internal static bool Take(CqlType newer, CqlType older) => (newer, older) switch
    {
        (CqlUserType x, CqlUserType y) => x.Keyspace == y.Keyspace && x.Name == y.Name && x.Fields.Length >= y.Fields.Length
            && y.Fields.Zip(x.Fields).All(pair => pair.First.Name == pair.Second.Name && Take(pair.Second.Type, pair.First.Type)),
        (CqlListType x, CqlListType y) => Take(x.Element, y.Element),
        (CqlSetType x, CqlSetType y) => Take(x.Element, y.Element),
        (CqlMapType x, CqlMapType y) => Take(x.Key, y.Key) && Take(x.Value, y.Value),
        (CqlVectorType x, CqlVectorType y) => x.Dimensions == y.Dimensions && Take(x.Element, y.Element),
        (CqlTupleType x, CqlTupleType y) => x.Elements.Length == y.Elements.Length && x.Elements.Zip(y.Elements).All(pair => Take(pair.First, pair.Second)),
        _ => newer.Equals(older),
    };
}
