namespace Ilium;

/// <summary>A CQL type as the server describes it. Immutable; equal when the types are the same all the way down.</summary>
public abstract record CqlType
{
    private protected CqlType(CqlTypeCode code)
    {
        Code = code;
    }

    /// <summary><c>ascii</c>.</summary>
    public static CqlType Ascii { get; } = new CqlPrimitiveType(CqlTypeCode.Ascii);

    /// <summary><c>bigint</c>.</summary>
    public static CqlType Bigint { get; } = new CqlPrimitiveType(CqlTypeCode.Bigint);

    /// <summary><c>blob</c>.</summary>
    public static CqlType Blob { get; } = new CqlPrimitiveType(CqlTypeCode.Blob);

    /// <summary><c>boolean</c>.</summary>
    public static CqlType Boolean { get; } = new CqlPrimitiveType(CqlTypeCode.Boolean);

    /// <summary><c>counter</c>.</summary>
    public static CqlType Counter { get; } = new CqlPrimitiveType(CqlTypeCode.Counter);

    /// <summary><c>decimal</c>.</summary>
    public static CqlType Decimal { get; } = new CqlPrimitiveType(CqlTypeCode.Decimal);

    /// <summary><c>double</c>.</summary>
    public static CqlType Double { get; } = new CqlPrimitiveType(CqlTypeCode.Double);

    /// <summary><c>float</c>.</summary>
    public static CqlType Float { get; } = new CqlPrimitiveType(CqlTypeCode.Float);

    /// <summary><c>int</c>.</summary>
    public static CqlType Int { get; } = new CqlPrimitiveType(CqlTypeCode.Int);

    /// <summary><c>timestamp</c>.</summary>
    public static CqlType Timestamp { get; } = new CqlPrimitiveType(CqlTypeCode.Timestamp);

    /// <summary><c>uuid</c>.</summary>
    public static CqlType Uuid { get; } = new CqlPrimitiveType(CqlTypeCode.Uuid);

    /// <summary><c>text</c>.</summary>
    public static CqlType Text { get; } = new CqlPrimitiveType(CqlTypeCode.Text);

    /// <summary><c>varint</c>.</summary>
    public static CqlType Varint { get; } = new CqlPrimitiveType(CqlTypeCode.Varint);

    /// <summary><c>timeuuid</c>.</summary>
    public static CqlType Timeuuid { get; } = new CqlPrimitiveType(CqlTypeCode.Timeuuid);

    /// <summary><c>inet</c>.</summary>
    public static CqlType Inet { get; } = new CqlPrimitiveType(CqlTypeCode.Inet);

    /// <summary><c>date</c>.</summary>
    public static CqlType Date { get; } = new CqlPrimitiveType(CqlTypeCode.Date);

    /// <summary><c>time</c>.</summary>
    public static CqlType Time { get; } = new CqlPrimitiveType(CqlTypeCode.Time);

    /// <summary><c>smallint</c>.</summary>
    public static CqlType Smallint { get; } = new CqlPrimitiveType(CqlTypeCode.Smallint);

    /// <summary><c>tinyint</c>.</summary>
    public static CqlType Tinyint { get; } = new CqlPrimitiveType(CqlTypeCode.Tinyint);

    /// <summary><c>duration</c>.</summary>
    public static CqlType Duration { get; } = new CqlPrimitiveType(CqlTypeCode.Duration);

    /// <summary>What kind of type this is.</summary>
    public CqlTypeCode Code { get; }
}
