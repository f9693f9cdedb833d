namespace Ilium.Types;

/// <summary>Says what would have worked where no codec fits.</summary>
internal static class CodecSuggestions
{
    /// <param name="type">The CQL type.</param>
    /// <param name="clrType">What does not go with it.</param>
    /// <param name="dynamicCode">Whether code for compositions can be made at run time.</param>
    internal static InvalidTypeException NoCodec(CqlType type, Type clrType, bool dynamicCode)
    {
        var name = ClrTypeName.Of(clrType);
        var advice = Advice(type, clrType);
        if (!dynamicCode && IsComposed(type, clrType))
        {
            // It may well work where whoever wrote it tried it.
            advice += "; under Native AOT, and in a project with PublishAot, not every collection, tuple or nullable type is there (docs/types.md)";
        }

        return new InvalidTypeException($"{type} and {name} do not go together; {advice}.", type, clrType);
    }

    private static bool IsComposed(CqlType type, Type clrType) => Nullable.GetUnderlyingType(clrType) is not null || type switch
    {
        CqlListType or CqlSetType or CqlVectorType or CqlMapType => ClrCollections.IsList(clrType) || ClrCollections.IsSet(clrType) || ClrCollections.IsMap(clrType),
        CqlTupleType => ClrCollections.IsTuple(clrType),
        _ => false,
    };

    private static string Advice(CqlType type, Type clrType)
    {
        if ((Nullable.GetUnderlyingType(clrType) ?? clrType).IsEnum)
        {
            return "enums are not converted silently: give ClusterOptions.Codecs CqlCodec.EnumAsText or EnumAsNumber for it, or cast the value";
        }

        if (type.Code == CqlTypeCode.Timestamp && (Nullable.GetUnderlyingType(clrType) ?? clrType) == typeof(long))
        {
            return "a number does not say whether it counts seconds or milliseconds: use DateTimeOffset, or new CqlTimestamp(milliseconds)";
        }

        return "use " + Suggested(type) + (type is CqlUserType ? ", or a type marked [CqlUdt] with its CqlCodec.Udt among ClusterOptions.Codecs" : "");
    }

    private static string Suggested(CqlType type) => type switch
    {
        CqlListType list => Sequence(list.Element, "List<{0}>, {0}[], IReadOnlyList<{0}>, ImmutableArray<{0}> or another list of it"),
        CqlSetType set => Sequence(set.Element, "HashSet<{0}>, IReadOnlySet<{0}>, SortedSet<{0}>, List<{0}> or {0}[]"),
        CqlMapType map => $"Dictionary<{Natural(map.Key)}, {Natural(map.Value)}> or another dictionary of these",
        CqlVectorType vector => Sequence(vector.Element, "{0}[], ReadOnlyMemory<{0}>, CqlVector<{0}>, List<{0}>"),
        CqlTupleType tuple => $"({string.Join(", ", tuple.Elements.Select(Natural))}) or CqlTuple",
        CqlUserType => "UdtValue",
        _ => Names(type),
    };

    private static string Sequence(CqlType element, string pattern) => pattern.Replace("{0}", Natural(element), StringComparison.Ordinal);

    private static string Natural(CqlType type) => PrimitiveCodecs.Of(type) is [var natural, ..]
        ? ClrTypeName.Of(natural.ClrType)
        : Suggested(type).Split(',')[0].Split(" or ")[0];

    private static string Names(CqlType type)
    {
        var names = new List<string>();
        foreach (var codec in PrimitiveCodecs.Of(type))
        {
            if (Nullable.GetUnderlyingType(codec.ClrType) is null)
            {
                names.Add(ClrTypeName.Of(codec.ClrType) + (codec.CanRead ? codec.CanWrite ? "" : " (to read)" : " (to write)"));
            }
        }

        return string.Join(", ", names);
    }
}
