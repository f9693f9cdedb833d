namespace Ilium.Types;

/// <summary>How the elements of a collection or vector follow each other.</summary>
/// <param name="FixedSize">The size each element has when none carries its length; else 0.</param>
/// <param name="Dimensions">How many elements there are when the type says so; −1 when a count comes first.</param>
internal readonly record struct ElementLayout(int FixedSize, int Dimensions)
{
    /// <summary>A 32-bit count, then each element with a 32-bit length.</summary>
    internal static ElementLayout Counted => new(0, -1);

    internal bool IsVector => Dimensions >= 0;

    internal static ElementLayout OfVector(CqlVectorType type) => new(FixedSizeOf(type.Element), type.Dimensions);

    /// <summary>
    /// The server's rule, not arithmetic: smallint, tinyint, date, time and counter have a constant size and are prefixed all the same.
    /// </summary>
    private static int FixedSizeOf(CqlType type) => type.Code switch
    {
        CqlTypeCode.Boolean => 1,
        CqlTypeCode.Int or CqlTypeCode.Float => 4,
        CqlTypeCode.Bigint or CqlTypeCode.Double or CqlTypeCode.Timestamp => 8,
        CqlTypeCode.Uuid or CqlTypeCode.Timeuuid => 16,
        _ when type is CqlVectorType vector && FixedSizeOf(vector.Element) is > 0 and var size =>
            (int)Math.Min(int.MaxValue, (long)size * vector.Dimensions),
        _ => 0,
    };
}
