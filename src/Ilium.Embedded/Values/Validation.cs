
namespace Ilium.Embedded.Values;

/// <summary>Says whether bytes can be a value of a type, as the server checks what clients bind.</summary>
internal static class Validation
{
    private const string NullInCollection = "Null value read when not allowed";

    internal static bool IsValid(CqlType type, byte[] bytes) => Fault(type, bytes) is null;

    /// <summary>What is wrong with the bytes, as the server words it; null for nothing.</summary>
    internal static string? Fault(CqlType type, byte[] bytes)
    {
        switch (type.Code)
        {
            case CqlTypeCode.Ascii:
                return bytes.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xFF) ? "Invalid byte for ascii: " + bytes.First(b => b > 0x7F) : null;
            case CqlTypeCode.Text:
                return System.Text.Unicode.Utf8.IsValid(bytes) ? null : "String didn't validate.";
            case CqlTypeCode.Blob or CqlTypeCode.Custom:
                return null;
            case CqlTypeCode.Boolean:
                return bytes.Length <= 1 ? null : $"Expected 1 or 0 byte value ({bytes.Length})";
            case CqlTypeCode.Tinyint:
                return bytes.Length == 1 ? null : $"Expected 1 byte for a tinyint ({bytes.Length})";
            case CqlTypeCode.Smallint:
                return bytes.Length == 2 ? null : $"Expected 2 bytes for a smallint ({bytes.Length})";
            case CqlTypeCode.Int:
                return bytes.Length is 0 or 4 ? null : $"Expected 4 or 0 byte int ({bytes.Length})";
            case CqlTypeCode.Bigint or CqlTypeCode.Counter:
                return bytes.Length is 0 or 8 ? null : $"Expected 8 or 0 byte long ({bytes.Length})";
            case CqlTypeCode.Float:
                return bytes.Length is 0 or 4 ? null : $"Expected 4 or 0 byte value for a float ({bytes.Length})";
            case CqlTypeCode.Double:
                return bytes.Length is 0 or 8 ? null : $"Expected 8 or 0 byte value for a double ({bytes.Length})";
            case CqlTypeCode.Decimal:
                return bytes.Length is 0 or >= 4 ? null : $"Expected 0 or at least 4 bytes ({bytes.Length})";
            case CqlTypeCode.Timestamp:
                return bytes.Length is 0 or 8 ? null : $"Expected 8 or 0 byte long for date ({bytes.Length})";
            case CqlTypeCode.Date:
                return bytes.Length == 4 ? null : $"Expected 4 byte long for date ({bytes.Length})";
            case CqlTypeCode.Time:
                return bytes.Length == 8 ? null : $"Expected 8 byte long for time ({bytes.Length})";
            case CqlTypeCode.Uuid:
                return bytes.Length is 0 or 16 ? null : $"UUID should be 16 or 0 bytes ({bytes.Length})";
            case CqlTypeCode.Timeuuid:
                return bytes.Length is 0 or 16 ? bytes.Length == 0 || bytes[6] >> 4 == 1 ? null : "Invalid version for TimeUUID type." : $"TimeUUID should be 16 or 0 bytes ({bytes.Length})";
            case CqlTypeCode.Inet:
                return bytes.Length is 0 or 4 or 16 ? null : $"{bytes.Length} is not a valid size for an inet";
            case CqlTypeCode.Varint:
                return null;
            default:
                return StructureFault(type, bytes);
        }
    }

    private static string? StructureFault(CqlType type, byte[] bytes)
    {
        try
        {
            switch (type)
            {
                case CqlListType list:
                    return Each(list.Element, ValueParts.Elements(list, bytes));
                case CqlSetType set:
                    var elements = ValueParts.Elements(set, bytes);
                    return elements.Contains(null) ? NullInCollection : Each(set.Element, elements);
                case CqlVectorType vector:
                    return Each(vector.Element, ValueParts.Elements(vector, bytes));
                case CqlMapType map:
                    var entries = ValueParts.Entries(map, bytes);
                    return entries.Any(e => e.Key is null || e.Value is null) ? NullInCollection : Each(map.Key, [.. entries.Select(e => e.Key)]) ?? Each(map.Value, [.. entries.Select(e => e.Value)]);
                case CqlTupleType tuple:
                    return Fields([.. tuple.Elements], ValueParts.Fields(tuple, tuple.Elements.Length, bytes));
                case CqlUserType user:
                    return Fields([.. user.Fields.Select(f => f.Type)], ValueParts.Fields(user, user.Fields.Length, bytes));
                case CqlPrimitiveType when type.Code == CqlTypeCode.Duration:
                    _ = ValueBytes.ToDuration(bytes);
                    return null;
                default:
                    return null;
            }
        }
        catch (InvalidValueException)
        {
            return type is CqlTupleType or CqlUserType ? "Not enough bytes to read a field" : "Not enough bytes to read a " + type.Code.ToString().ToLowerInvariant();
        }
    }

    private static string? Each(CqlType type, List<byte[]?> values) => values.Select(v => v is null ? null : Fault(type, v)).FirstOrDefault(fault => fault is not null);

    private static string? Fields(CqlType[] types, byte[]?[] values) =>
        values.Select((v, i) => v is null ? null : Fault(types[i], v)).FirstOrDefault(fault => fault is not null);
}
