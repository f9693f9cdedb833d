using System.Buffers.Binary;
using System.Numerics;

namespace Ilium.Types;

/// <summary>
/// The order in which the server keeps the values of a type, over their bytes: the order of sets and of the keys of maps, and what makes two of them
/// the same one.
/// </summary>
internal static class ServerOrder
{
    // Bits of the signs of eight bytes.
    private const ulong SignOfEachByte = 0x8080_8080_8080_8080;

    internal static int Compare(CqlType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.Length.CompareTo(right.Length);
        }

        return type switch
        {
            CqlListType list => CompareSequences(list, list.Element, left, right),
            CqlSetType set => CompareSequences(set, set.Element, left, right),
            CqlMapType map => CompareMaps(map, left, right),
            CqlVectorType vector => CompareVectors(vector, left, right),
            CqlTupleType tuple => CompareFields(tuple, [.. tuple.Elements], left, right),
            CqlUserType user => CompareFields(user, [.. user.Fields.Select(field => field.Type)], left, right),
            _ => CompareScalars(type.Code, left, right),
        };
    }

    private static int CompareScalars(CqlTypeCode code, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => code switch
    {
        CqlTypeCode.Tinyint when left.Length == 1 && right.Length == 1 => ((sbyte)left[0]).CompareTo((sbyte)right[0]),
        CqlTypeCode.Smallint when left.Length == 2 && right.Length == 2 => BinaryPrimitives.ReadInt16BigEndian(left).CompareTo(BinaryPrimitives.ReadInt16BigEndian(right)),
        CqlTypeCode.Int when left.Length == 4 && right.Length == 4 => BinaryPrimitives.ReadInt32BigEndian(left).CompareTo(BinaryPrimitives.ReadInt32BigEndian(right)),
        CqlTypeCode.Bigint or CqlTypeCode.Counter or CqlTypeCode.Timestamp when left.Length == 8 && right.Length == 8 =>
            BinaryPrimitives.ReadInt64BigEndian(left).CompareTo(BinaryPrimitives.ReadInt64BigEndian(right)),
        CqlTypeCode.Float when left.Length == 4 && right.Length == 4 =>
            ElementEquality.OrderFor<float>()!.Compare(BinaryPrimitives.ReadSingleBigEndian(left), BinaryPrimitives.ReadSingleBigEndian(right)),
        CqlTypeCode.Double when left.Length == 8 && right.Length == 8 =>
            ElementEquality.OrderFor<double>()!.Compare(BinaryPrimitives.ReadDoubleBigEndian(left), BinaryPrimitives.ReadDoubleBigEndian(right)),
        CqlTypeCode.Varint => new BigInteger(left, isBigEndian: true).CompareTo(new BigInteger(right, isBigEndian: true)),
        CqlTypeCode.Decimal when left.Length > 4 && right.Length > 4 => Decimal(left).CompareTo(Decimal(right)),
        CqlTypeCode.Timeuuid when left.Length == 16 && right.Length == 16 => CompareTimeUuids(left, right),
        CqlTypeCode.Uuid when left.Length == 16 && right.Length == 16 => CompareUuids(left, right),
        _ => left.SequenceCompareTo(right),
    };

    private static CqlDecimal Decimal(ReadOnlySpan<byte> bytes) => new(new BigInteger(bytes[4..], isBigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes));

    /// <summary>By time, then byte by byte as signed bytes: so it has been since the first version.</summary>
    private static int CompareTimeUuids(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var byTime = Time(left).CompareTo(Time(right));
        return byTime != 0 ? byTime : (Rest(left) ^ SignOfEachByte).CompareTo(Rest(right) ^ SignOfEachByte);
    }

    /// <summary>By version, then by time where the version has one, then by bytes.</summary>
    private static int CompareUuids(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var (leftVersion, rightVersion) = (left[6] >> 4, right[6] >> 4);
        if (leftVersion != rightVersion)
        {
            return leftVersion.CompareTo(rightVersion);
        }

        var first = leftVersion == 1 ? Time(left).CompareTo(Time(right)) : left[..8].SequenceCompareTo(right[..8]);
        return first != 0 ? first : Rest(left).CompareTo(Rest(right));
    }

    /// <summary>The time, with its parts in order of weight and the version on top.</summary>
    private static ulong Time(ReadOnlySpan<byte> uuid) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(uuid[6..]) << 48) | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(uuid[4..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(uuid);

    private static ulong Rest(ReadOnlySpan<byte> uuid) => BinaryPrimitives.ReadUInt64BigEndian(uuid[8..]);

    private static int CompareSequences(CqlType type, CqlType element, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftCursor = new ByteCursor(left, type);
        var rightCursor = new ByteCursor(right, type);
        var (leftCount, rightCount) = (leftCursor.ReadCount(smallest: 4), rightCursor.ReadCount(smallest: 4));
        for (var i = Math.Min(leftCount, rightCount); i > 0; i--)
        {
            var order = CompareParts(element, ref leftCursor, ref rightCursor);
            if (order != 0)
            {
                return order;
            }
        }

        return leftCount.CompareTo(rightCount);
    }

    private static int CompareMaps(CqlMapType map, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftCursor = new ByteCursor(left, map);
        var rightCursor = new ByteCursor(right, map);
        var (leftCount, rightCount) = (leftCursor.ReadCount(smallest: 8), rightCursor.ReadCount(smallest: 8));
        for (var i = Math.Min(leftCount, rightCount); i > 0; i--)
        {
            var order = CompareParts(map.Key, ref leftCursor, ref rightCursor);
            order = order != 0 ? order : CompareParts(map.Value, ref leftCursor, ref rightCursor);
            if (order != 0)
            {
                return order;
            }
        }

        return leftCount.CompareTo(rightCount);
    }

    private static int CompareVectors(CqlVectorType vector, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var layout = ElementLayout.OfVector(vector);
        var leftCursor = new ByteCursor(left, vector);
        var rightCursor = new ByteCursor(right, vector);
        for (var i = 0; i < vector.Dimensions; i++)
        {
            var order = layout.FixedSize > 0
                ? Compare(vector.Element, leftCursor.Take(layout.FixedSize), rightCursor.Take(layout.FixedSize))
                : Compare(vector.Element, leftCursor.ReadVariable(), rightCursor.ReadVariable());
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>Field by field; null comes first, and fields that are missing are null.</summary>
    private static int CompareFields(CqlType type, ReadOnlySpan<CqlType> fields, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftCursor = new ByteCursor(left, type);
        var rightCursor = new ByteCursor(right, type);
        foreach (var field in fields)
        {
            var order = CompareParts(field, ref leftCursor, ref rightCursor);
            if (order != 0)
            {
                return order;
            }
        }

        return leftCursor.Remaining.CompareTo(rightCursor.Remaining);
    }

    private static int CompareParts(CqlType type, ref ByteCursor left, ref ByteCursor right)
    {
        var (leftIsNull, rightIsNull) = (left.AtEnd, right.AtEnd);
        var leftPart = leftIsNull ? default : left.ReadPrefixed(out leftIsNull);
        var rightPart = rightIsNull ? default : right.ReadPrefixed(out rightIsNull);
        return leftIsNull || rightIsNull ? rightIsNull.CompareTo(leftIsNull) : Compare(type, leftPart, rightPart);
    }
}
