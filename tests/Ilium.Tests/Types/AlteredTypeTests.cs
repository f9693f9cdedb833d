using Ilium.Types;

namespace Ilium.Tests.Types;

public class AlteredTypeTests
{
    private static readonly CqlUserType Old = new("shop", "address", [new("street", CqlType.Text), new("number", CqlType.Int)]);
    private static readonly CqlUserType New = Old with { Fields = Old.Fields.Add(new CqlField("zip", CqlType.Text)) };

    [Fact]
    public void Values_bound_before_a_field_was_added_are_still_values()
    {
        Assert.True(AlteredTypes.Take(New, Old));
        Assert.True(AlteredTypes.Take(Old, Old));
        Assert.True(AlteredTypes.Take(new CqlListType(New), new CqlListType(Old)));
        Assert.True(AlteredTypes.Take(new CqlMapType(CqlType.Text, new CqlSetType(New)), new CqlMapType(CqlType.Text, new CqlSetType(Old))));
        Assert.True(AlteredTypes.Take(new CqlTupleType([CqlType.Int, New]), new CqlTupleType([CqlType.Int, Old])));
        Assert.True(AlteredTypes.Take(new CqlVectorType(New, 2), new CqlVectorType(Old, 2)));
        Assert.True(AlteredTypes.Take(Old with { Name = "person", Fields = [new("home", New)] }, Old with { Name = "person", Fields = [new("home", Old)] }));
    }

    [Fact]
    public void Values_of_another_type_are_not()
    {
        Assert.False(AlteredTypes.Take(Old, New));
        Assert.False(AlteredTypes.Take(New with { Name = "other" }, Old));
        Assert.False(AlteredTypes.Take(New with { Keyspace = "other" }, Old));
        Assert.False(AlteredTypes.Take(Old with { Fields = [Old.Fields[1], Old.Fields[0]] }, Old));
        Assert.False(AlteredTypes.Take(Old with { Fields = [new("road", CqlType.Text), Old.Fields[1]] }, Old));
        Assert.False(AlteredTypes.Take(Old with { Fields = [Old.Fields[0], new("number", CqlType.Bigint)] }, Old));
        Assert.False(AlteredTypes.Take(new CqlListType(New), new CqlSetType(Old)));
        Assert.False(AlteredTypes.Take(new CqlTupleType([CqlType.Int, CqlType.Int]), new CqlTupleType([CqlType.Int])));
        Assert.False(AlteredTypes.Take(new CqlVectorType(CqlType.Float, 3), new CqlVectorType(CqlType.Float, 2)));
        Assert.False(AlteredTypes.Take(CqlType.Bigint, CqlType.Int));
    }
}
