namespace Ilium;

/// <summary>The kinds of CQL types; the numbers are the protocol's option ids (native protocol §4.2.5.2).</summary>
public enum CqlTypeCode : ushort
{
    /// <summary>A server-side class the protocol has no number for.</summary>
    Custom = 0x0000,

    /// <summary><c>ascii</c>.</summary>
    Ascii = 0x0001,

    /// <summary><c>bigint</c>.</summary>
    Bigint = 0x0002,

    /// <summary><c>blob</c>.</summary>
    Blob = 0x0003,

    /// <summary><c>boolean</c>.</summary>
    Boolean = 0x0004,

    /// <summary><c>counter</c>.</summary>
    Counter = 0x0005,

    /// <summary><c>decimal</c>.</summary>
    Decimal = 0x0006,

    /// <summary><c>double</c>.</summary>
    Double = 0x0007,

    /// <summary><c>float</c>.</summary>
    Float = 0x0008,

    /// <summary><c>int</c>.</summary>
    Int = 0x0009,

    /// <summary><c>timestamp</c>.</summary>
    Timestamp = 0x000B,

    /// <summary><c>uuid</c>.</summary>
    Uuid = 0x000C,

    /// <summary><c>text</c>, also written <c>varchar</c>.</summary>
    Text = 0x000D,

    /// <summary><c>varint</c>.</summary>
    Varint = 0x000E,

    /// <summary><c>timeuuid</c>.</summary>
    Timeuuid = 0x000F,

    /// <summary><c>inet</c>.</summary>
    Inet = 0x0010,

    /// <summary><c>date</c>.</summary>
    Date = 0x0011,

    /// <summary><c>time</c>.</summary>
    Time = 0x0012,

    /// <summary><c>smallint</c>.</summary>
    Smallint = 0x0013,

    /// <summary><c>tinyint</c>.</summary>
    Tinyint = 0x0014,

    /// <summary><c>duration</c>.</summary>
    Duration = 0x0015,

    /// <summary><c>list&lt;T&gt;</c>.</summary>
    List = 0x0020,

    /// <summary><c>map&lt;K, V&gt;</c>.</summary>
    Map = 0x0021,

    /// <summary><c>set&lt;T&gt;</c>.</summary>
    Set = 0x0022,

    /// <summary>A user-defined type.</summary>
    Udt = 0x0030,

    /// <summary><c>tuple&lt;...&gt;</c>.</summary>
    Tuple = 0x0031,

    /// <summary><c>vector&lt;T, n&gt;</c>. The protocol sends it as a custom class; this number is Ilium's own.</summary>
    Vector = 0xFF01,
}
