namespace Ilium.Embedded.Storage;

/// <summary>The value of one column in one row, or of one element of a collection, with its stamp.</summary>
/// <param name="Value">Bytes; null for a tombstone; <see cref="ComplexValue"/> for a collection or type that is not frozen.</param>
/// <param name="Stamp">Null where nothing was ever written, and for complex values, whose parts have their own.</param>
internal readonly record struct Cell(object? Value, Stamp? Stamp)
{
    internal bool IsEmpty => Value is null && Stamp is null;

    internal bool IsLive(long nowSeconds) => Value is ComplexValue complex ? complex.IsLive(nowSeconds) : Value is not null && !Stamp!.IsExpired(nowSeconds);

    /// <summary>The bytes of a simple cell that is there and has not expired.</summary>
    internal byte[]? LiveBytes(long nowSeconds) => Value is byte[] bytes && !Stamp!.IsExpired(nowSeconds) ? bytes : null;

    /// <summary>
    /// Which of two simple cells stays. The later one; of two with the same timestamp the one that is or will be a tombstone, then the tombstone, then the one
    /// that expires later, then the greater value.
    /// </summary>
    internal static Cell Reconcile(Cell left, Cell right)
    {
        if (left.Stamp is null || right.Stamp is null)
        {
            return left.Stamp is null ? right : left;
        }

        if (left.Stamp.Timestamp != right.Stamp.Timestamp)
        {
            return left.Stamp.Timestamp > right.Stamp.Timestamp ? left : right;
        }

        var (leftEnds, rightEnds) = (left.Value is null || left.Stamp.IsExpiring, right.Value is null || right.Stamp.IsExpiring);
        if (leftEnds != rightEnds)
        {
            return leftEnds ? left : right;
        }

        if (leftEnds)
        {
            if (left.Value is null != right.Value is null)
            {
                return left.Value is null ? left : right;
            }

            if (left.Stamp.Expires != right.Stamp.Expires)
            {
                return left.Stamp.Expires > right.Stamp.Expires ? left : right;
            }
        }

        return left.Value is null || ((byte[])left.Value).AsSpan().SequenceCompareTo((byte[])right.Value!) >= 0 ? left : right;
    }
}
