using System.Net;
using System.Numerics;

namespace Ilium.Types;

/// <summary>
/// The compositions that exist where code cannot be made at run time (Native AOT): collections of all types that columns have by themselves, and
/// maps of the most usual ones. Not touched elsewhere.
/// </summary>
internal static class AheadOfTimeComposers
{
    private static readonly Dictionary<Type, SequenceComposer> Sequences = new()
    {
        [typeof(object)] = new SequenceComposer<object>(),
        [typeof(string)] = new SequenceComposer<string>(),
        [typeof(byte[])] = new SequenceComposer<byte[]>(),
        [typeof(IPAddress)] = new SequenceComposer<IPAddress>(),
        [typeof(UdtValue)] = new SequenceComposer<UdtValue>(),
        [typeof(CqlTuple)] = new SequenceComposer<CqlTuple>(),
        [typeof(bool)] = new SequenceComposer<bool>(),
        [typeof(sbyte)] = new SequenceComposer<sbyte>(),
        [typeof(short)] = new SequenceComposer<short>(),
        [typeof(int)] = new SequenceComposer<int>(),
        [typeof(long)] = new SequenceComposer<long>(),
        [typeof(float)] = new SequenceComposer<float>(),
        [typeof(double)] = new SequenceComposer<double>(),
        [typeof(decimal)] = new SequenceComposer<decimal>(),
        [typeof(CqlDecimal)] = new SequenceComposer<CqlDecimal>(),
        [typeof(BigInteger)] = new SequenceComposer<BigInteger>(),
        [typeof(Guid)] = new SequenceComposer<Guid>(),
        [typeof(TimeUuid)] = new SequenceComposer<TimeUuid>(),
        [typeof(DateTimeOffset)] = new SequenceComposer<DateTimeOffset>(),
        [typeof(DateTime)] = new SequenceComposer<DateTime>(),
        [typeof(CqlTimestamp)] = new SequenceComposer<CqlTimestamp>(),
        [typeof(DateOnly)] = new SequenceComposer<DateOnly>(),
        [typeof(CqlDate)] = new SequenceComposer<CqlDate>(),
        [typeof(TimeOnly)] = new SequenceComposer<TimeOnly>(),
        [typeof(CqlTime)] = new SequenceComposer<CqlTime>(),
        [typeof(CqlDuration)] = new SequenceComposer<CqlDuration>(),
    };

    private static readonly Dictionary<(Type Key, Type Value), MapComposer> Maps = CreateMaps();

    internal static SequenceComposer? Sequence(Type element) => Sequences.GetValueOrDefault(element);

    internal static MapComposer? Map(Type key, Type value) => Maps.GetValueOrDefault((key, value));

    private static Dictionary<(Type Key, Type Value), MapComposer> CreateMaps()
    {
        var maps = new Dictionary<(Type Key, Type Value), MapComposer>();
        AddKey<object>(maps);
        AddKey<string>(maps);
        AddKey<int>(maps);
        AddKey<long>(maps);
        AddKey<Guid>(maps);
        return maps;
    }

    private static void AddKey<TKey>(Dictionary<(Type Key, Type Value), MapComposer> maps)
        where TKey : notnull
    {
        Add<TKey, object>(maps);
        Add<TKey, string>(maps);
        Add<TKey, byte[]>(maps);
        Add<TKey, UdtValue>(maps);
        Add<TKey, bool>(maps);
        Add<TKey, int>(maps);
        Add<TKey, long>(maps);
        Add<TKey, float>(maps);
        Add<TKey, double>(maps);
        Add<TKey, decimal>(maps);
        Add<TKey, Guid>(maps);
        Add<TKey, DateTimeOffset>(maps);
    }

    private static void Add<TKey, TValue>(Dictionary<(Type Key, Type Value), MapComposer> maps)
        where TKey : notnull => maps[(typeof(TKey), typeof(TValue))] = new MapComposer<TKey, TValue>();
}
