using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using CsCheck;

namespace Ilium.Tests.Types.Random;

/// <summary>The CLR types that hold every value of a CQL type.</summary>
internal static class ClrShapes
{
    private static readonly ImmutableArray<Type> Lists =
    [
        typeof(List<>), typeof(IReadOnlyList<>), typeof(IList<>), typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(ICollection<>), typeof(ImmutableArray<>), typeof(ImmutableList<>),
    ];

    private static readonly ImmutableArray<Type> Sets = [typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>), typeof(ImmutableHashSet<>)];
    private static readonly ImmutableArray<Type> Vectors = [typeof(CqlVector<>), typeof(ReadOnlyMemory<>), typeof(Memory<>)];
    private static readonly ImmutableArray<Type> Dictionaries = [typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(ImmutableDictionary<,>)];

    private static readonly ImmutableArray<Type> Tuples =
    [
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>),
        typeof(ValueTuple<,,,,,,,>),
    ];

    /// <summary>A random one of them.</summary>
    internal static Gen<Type> Of(CqlType type) => type switch
    {
        CqlListType list => Sequence(Of(list.Element), Lists),
        CqlSetType set => Choice.Between(Sequence(Of(set.Element), Lists), Sequence(Key(set.Element), Sets)),
        CqlVectorType vector => Sequence(Of(vector.Element), Lists.AddRange(Vectors)),
        CqlMapType map => Choice.Between(
            Gen.Select(Key(map.Key), Of(map.Value), Choice.Of([.. Dictionaries]), (key, value, shape) => shape.MakeGenericType(key, value)),
            Sequence(Gen.Select(Of(map.Key), Of(map.Value), (key, value) => typeof(KeyValuePair<,>).MakeGenericType(key, value)), [typeof(List<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>)])),
        CqlTupleType tuple => Choice.Between(
            Gen.Const(typeof(CqlTuple)),
            tuple.Elements.Select(element => Of(element).Select(Nullable))
                .Aggregate(Gen.Const(ImmutableList<Type>.Empty), (all, next) => Gen.Select(all, next, (types, last) => types.Add(last))).Select(types => Tuple([.. types]))),
        CqlUserType => Gen.Const(typeof(UdtValue)),
        _ => Gen.Select(Choice.Of(Scalars(type.Code)), Gen.Int[0, 3], (scalar, i) => i == 0 ? Nullable(scalar) : scalar),
    };

    /// <summary>One of them, always the same.</summary>
    internal static Type Widest(CqlType type) => type switch
    {
        CqlListType list => Widest(list.Element).MakeArrayType(),
        CqlSetType set => Widest(set.Element).MakeArrayType(),
        CqlVectorType vector => Widest(vector.Element).MakeArrayType(),
        CqlMapType map => typeof(KeyValuePair<,>).MakeGenericType(Widest(map.Key), Widest(map.Value)).MakeArrayType(),
        CqlTupleType => typeof(CqlTuple),
        CqlUserType => typeof(UdtValue),
        _ => Scalars(type.Code)[0],
    };

    /// <summary>A field of a tuple or user-defined type, as a type that holds all there may be.</summary>
    internal static object? Get(object fields, CqlType type, int index) =>
        fields.GetType().GetMethod("Get", [typeof(int)])!.MakeGenericMethod(Widest(type)).Invoke(fields, [index]);

    /// <summary>True when a set or dictionary of this type keeps no order of its own.</summary>
    internal static bool HasOwnOrder(Type type) => type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(ImmutableHashSet<>) || type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>) || type.GetGenericArguments().Any(HasOwnOrder));

    /// <summary>A random value in the form in which it is given to the driver when it is made of objects.</summary>
    internal static object? Objects(CqlType type, object? value) => (type, value) switch
    {
        (CqlListType list, object[] items) => items.Select(item => Objects(list.Element, item)).ToArray(),
        (CqlSetType set, object[] items) => items.Select(item => Objects(set.Element, item)).ToArray(),
        (CqlVectorType vector, object[] items) => items.Select(item => Objects(vector.Element, item)).ToArray(),
        (CqlMapType map, KeyValuePair<object, object>[] entries) => entries.Select(entry => new KeyValuePair<object, object>(Objects(map.Key, entry.Key)!, Objects(map.Value, entry.Value)!)).ToArray(),
        (CqlTupleType tuple, object?[] fields) => new CqlTuple([.. tuple.Elements.Select((element, i) => Objects(element, fields[i]))]),
        (CqlUserType user, object?[] fields) => new UdtValue(user, [.. user.Fields.Select((field, i) => Objects(field.Type, fields[i]))]),
        _ => value,
    };

    // Equality that tells apart what the server does: boxed and nullable numbers have none of that.
    private static Gen<Type> Key(CqlType type) => type.Code is CqlTypeCode.Float or CqlTypeCode.Double
        ? Gen.Const(Scalars(type.Code)[0])
        : Of(type).Select(clr => System.Nullable.GetUnderlyingType(clr) ?? clr);

    private static Gen<Type> Sequence(Gen<Type> element, ImmutableArray<Type> shapes) =>
        Gen.Select(element, Gen.Int[0, shapes.Length], (clr, i) => i == shapes.Length ? clr.MakeArrayType() : shapes[i].MakeGenericType(clr));

    private static Type Nullable(Type type) => type.IsValueType && System.Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;

    private static Type Tuple(ReadOnlySpan<Type> elements) => elements.Length <= 7
        ? Tuples[elements.Length - 1].MakeGenericType(elements.ToArray())
        : Tuples[7].MakeGenericType([.. elements[..7], Tuple(elements[7..])]);

    private static Type[] Scalars(CqlTypeCode code) => code switch
    {
        CqlTypeCode.Ascii or CqlTypeCode.Text => [typeof(string), typeof(char[]), typeof(ReadOnlyMemory<char>), typeof(object)],
        CqlTypeCode.Blob => [typeof(byte[]), typeof(ReadOnlyMemory<byte>), typeof(Memory<byte>), typeof(ArraySegment<byte>)],
        CqlTypeCode.Boolean => [typeof(bool), typeof(object)],
        CqlTypeCode.Tinyint => [typeof(sbyte), typeof(object)],
        CqlTypeCode.Smallint => [typeof(short)],
        CqlTypeCode.Int => [typeof(int), typeof(object)],
        CqlTypeCode.Bigint or CqlTypeCode.Counter => [typeof(long)],
        CqlTypeCode.Varint => [typeof(BigInteger)],
        CqlTypeCode.Decimal => [typeof(CqlDecimal)],
        CqlTypeCode.Float => [typeof(float)],
        CqlTypeCode.Double => [typeof(double)],
        CqlTypeCode.Timestamp => [typeof(CqlTimestamp)],
        CqlTypeCode.Date => [typeof(CqlDate)],
        CqlTypeCode.Time => [typeof(CqlTime)],
        CqlTypeCode.Duration => [typeof(CqlDuration), typeof(object)],
        CqlTypeCode.Uuid => [typeof(Guid)],
        CqlTypeCode.Timeuuid => [typeof(TimeUuid), typeof(Guid)],
        CqlTypeCode.Inet => [typeof(IPAddress)],
        _ => throw new NotSupportedException($"{code}"),
    };
}
