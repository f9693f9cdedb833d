using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Numerics;

namespace Ilium.Types;

/// <summary>The CQL type that a CLR type most likely means, for values that go without a prepared statement's description.</summary>
internal static class CqlTypeInference
{
    private static readonly FrozenDictionary<Type, CqlType> Scalars = new Dictionary<Type, CqlType>
    {
        [typeof(string)] = CqlType.Text,
        [typeof(char[])] = CqlType.Text,
        [typeof(ReadOnlyMemory<char>)] = CqlType.Text,
        [typeof(byte[])] = CqlType.Blob,
        [typeof(ReadOnlyMemory<byte>)] = CqlType.Blob,
        [typeof(Memory<byte>)] = CqlType.Blob,
        [typeof(ArraySegment<byte>)] = CqlType.Blob,
        [typeof(bool)] = CqlType.Boolean,
        [typeof(sbyte)] = CqlType.Tinyint,
        [typeof(short)] = CqlType.Smallint,
        [typeof(int)] = CqlType.Int,
        [typeof(long)] = CqlType.Bigint,
        [typeof(float)] = CqlType.Float,
        [typeof(double)] = CqlType.Double,
        [typeof(decimal)] = CqlType.Decimal,
        [typeof(CqlDecimal)] = CqlType.Decimal,
        [typeof(BigInteger)] = CqlType.Varint,
        [typeof(Int128)] = CqlType.Varint,
        [typeof(UInt128)] = CqlType.Varint,
        [typeof(Guid)] = CqlType.Uuid,
        [typeof(TimeUuid)] = CqlType.Timeuuid,
        [typeof(DateTimeOffset)] = CqlType.Timestamp,
        [typeof(DateTime)] = CqlType.Timestamp,
        [typeof(CqlTimestamp)] = CqlType.Timestamp,
        [typeof(DateOnly)] = CqlType.Date,
        [typeof(CqlDate)] = CqlType.Date,
        [typeof(TimeOnly)] = CqlType.Time,
        [typeof(CqlTime)] = CqlType.Time,
        [typeof(TimeSpan)] = CqlType.Time,
        [typeof(CqlDuration)] = CqlType.Duration,
        [typeof(IPAddress)] = CqlType.Inet,
        [typeof(Dse.Point)] = DseCodecs.Point,
        [typeof(Dse.LineString)] = DseCodecs.LineString,
        [typeof(Dse.Polygon)] = DseCodecs.Polygon,
        [typeof(Dse.DateRange)] = DseCodecs.DateRange,
    }.ToFrozenDictionary();

    /// <summary>Null when the type alone does not tell, as for objects, vectors and user-defined types.</summary>
    internal static CqlType? Of(Type clrType)
    {
        var type = Nullable.GetUnderlyingType(clrType) ?? clrType;
        if (Scalars.TryGetValue(type, out var scalar))
        {
            return scalar;
        }

        if (ClrCollections.EntryOf(type) is var (keyClr, valueClr))
        {
            return Of(keyClr) is { } key && Of(valueClr) is { } value ? new CqlMapType(key, value) : null;
        }

        if (ClrCollections.IsTuple(type))
        {
            return OfTuple(type);
        }

        var isSet = ClrCollections.IsSet(type);
        return (isSet || ClrCollections.IsList(type)) && Of(ClrCollections.ElementOf(type)!) is { } element
            ? isSet ? new CqlSetType(element) : new CqlListType(element)
            : null;
    }

    private static CqlTupleType? OfTuple(Type type)
    {
        var elements = ImmutableArray.CreateBuilder<CqlType>();
        var arguments = type.GetGenericArguments();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i == 7)
            {
                if (!ClrCollections.IsTuple(arguments[i]) || OfTuple(arguments[i]) is not { } rest)
                {
                    return null;
                }

                elements.AddRange(rest.Elements);
            }
            else if (Of(arguments[i]) is { } element)
            {
                elements.Add(element);
            }
            else
            {
                return null;
            }
        }

        return new CqlTupleType(elements.ToImmutable());
    }
}
