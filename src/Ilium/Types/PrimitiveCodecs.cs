using System.Numerics;

namespace Ilium.Types;

/// <summary>The codecs of the types without arguments; the first of each list is the natural one. Immutable.</summary>
internal static class PrimitiveCodecs
{
    private static readonly Dictionary<CqlTypeCode, Codec[]> ByCode = new()
    {
        [CqlTypeCode.Ascii] = Text(CqlType.Ascii),
        [CqlTypeCode.Text] = Text(CqlType.Text),
        [CqlTypeCode.Blob] = Bytes(CqlType.Blob),
        [CqlTypeCode.Boolean] = List(s => s.Add(new BooleanCodec())),
        [CqlTypeCode.Float] = List(s => s.Add(new SingleCodec())),
        [CqlTypeCode.Double] = List(s => s.Add(new DoubleCodec())),
        [CqlTypeCode.Tinyint] = List(AddTinyint),
        [CqlTypeCode.Smallint] = List(AddSmallint),
        [CqlTypeCode.Int] = List(AddInt),
        [CqlTypeCode.Bigint] = List(s => AddLong(s, CqlType.Bigint)),
        [CqlTypeCode.Counter] = List(s => AddLong(s, CqlType.Counter)),
        [CqlTypeCode.Varint] = List(AddVarint),
        [CqlTypeCode.Decimal] = List(AddDecimal),
        [CqlTypeCode.Timestamp] = List(AddTimestamp),
        [CqlTypeCode.Date] = List(AddDate),
        [CqlTypeCode.Time] = List(AddTime),
        [CqlTypeCode.Duration] = List(s => s.Add(new DurationCodec())),
        [CqlTypeCode.Uuid] = List(s => s.Add(new UuidCodec())),
        [CqlTypeCode.Timeuuid] = List(s => s.Add(new TimeUuidCodec()).Add(new TimeuuidGuidCodec())),
        [CqlTypeCode.Inet] = [new InetCodec()],
    };

    /// <summary>All codecs of a type without arguments, none for other types.</summary>
    internal static ReadOnlySpan<Codec> Of(CqlType type) => type is CqlCustomType custom
        ? [.. DseCodecs.Of(custom), .. Bytes(type)]
        : ByCode.TryGetValue(type.Code, out var codecs) ? codecs : [];

    private static Codec[] Text(CqlType type) =>
        [new StringCodec(type), new CharArrayCodec(type), .. List(s => s.Add(new CharMemoryCodec(type)))];

    private static Codec[] Bytes(CqlType type) =>
    [
        new ByteArrayCodec(type),
        .. List(s => s.Add(new ReadOnlyMemoryCodec(type)).Add(new MemoryCodec(type)).Add(new ByteSegmentCodec(type))),
    ];

    private static void AddTinyint(StructCodecs codecs)
    {
        var natural = new SByteCodec(CqlType.Tinyint);
        codecs.Add(natural)
            .Add(new WidenedCodec<short, sbyte>(natural, reads: true))
            .Add(new WidenedCodec<int, sbyte>(natural, reads: true))
            .Add(new WidenedCodec<long, sbyte>(natural, reads: true));
    }

    private static void AddSmallint(StructCodecs codecs)
    {
        var natural = new Int16Codec(CqlType.Smallint);
        codecs.Add(natural)
            .Add(new WidenedCodec<int, short>(natural, reads: true))
            .Add(new WidenedCodec<long, short>(natural, reads: true))
            .Add(new WidenedCodec<sbyte, short>(natural, reads: false))
            .Add(new WidenedCodec<byte, short>(natural, reads: false));
    }

    private static void AddInt(StructCodecs codecs)
    {
        var natural = new Int32Codec(CqlType.Int);
        codecs.Add(natural)
            .Add(new WidenedCodec<long, int>(natural, reads: true))
            .Add(new WidenedCodec<sbyte, int>(natural, reads: false))
            .Add(new WidenedCodec<byte, int>(natural, reads: false))
            .Add(new WidenedCodec<short, int>(natural, reads: false))
            .Add(new WidenedCodec<ushort, int>(natural, reads: false));
    }

    private static void AddLong(StructCodecs codecs, CqlType type)
    {
        var natural = new Int64Codec(type);
        codecs.Add(natural)
            .Add(new WidenedCodec<sbyte, long>(natural, reads: false))
            .Add(new WidenedCodec<byte, long>(natural, reads: false))
            .Add(new WidenedCodec<short, long>(natural, reads: false))
            .Add(new WidenedCodec<ushort, long>(natural, reads: false))
            .Add(new WidenedCodec<int, long>(natural, reads: false))
            .Add(new WidenedCodec<uint, long>(natural, reads: false));
    }

    private static void AddVarint(StructCodecs codecs) => codecs
        .Add<BigInteger>(new BigIntegerCodec())
        .Add(new FixedVarintCodec<sbyte>())
        .Add(new FixedVarintCodec<byte>())
        .Add(new FixedVarintCodec<short>())
        .Add(new FixedVarintCodec<ushort>())
        .Add(new FixedVarintCodec<int>())
        .Add(new FixedVarintCodec<uint>())
        .Add(new FixedVarintCodec<long>())
        .Add(new FixedVarintCodec<ulong>())
        .Add(new FixedVarintCodec<Int128>())
        .Add(new FixedVarintCodec<UInt128>());

    private static void AddDecimal(StructCodecs codecs)
    {
        var natural = new CqlDecimalCodec();
        codecs.Add(natural).Add(new DecimalCodec(natural));
    }

    private static void AddTimestamp(StructCodecs codecs)
    {
        var natural = new DateTimeOffsetCodec();
        codecs.Add(natural).Add(new DateTimeCodec(natural)).Add(new TimestampCodec());
    }

    private static void AddDate(StructCodecs codecs)
    {
        var wide = new CqlDateCodec();
        codecs.Add(new DateOnlyCodec(wide)).Add(wide);
    }

    private static void AddTime(StructCodecs codecs)
    {
        var wide = new CqlTimeCodec();
        codecs.Add(new TimeOnlyCodec(wide)).Add(wide).Add(new TimeSpanCodec(wide));
    }

    private static Codec[] List(Action<StructCodecs> add)
    {
        var codecs = new StructCodecs();
        add(codecs);
        return codecs.ToArray();
    }

    /// <summary>Adds each codec of a value type together with that of its nullable form.</summary>
    private sealed class StructCodecs
    {
        private readonly List<Codec> _codecs = [];

        internal StructCodecs Add<T>(Codec<T> codec)
            where T : struct
        {
            _codecs.Add(codec);
            _codecs.Add(new NullableCodec<T>(codec));
            return this;
        }

        internal Codec[] ToArray() => [.. _codecs];
    }
}
