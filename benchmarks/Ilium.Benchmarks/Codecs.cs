using BenchmarkDotNet.Attributes;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Benchmarks;

/// <summary>Values to bytes and back, one codec each.</summary>
[MemoryDiagnoser]
public class Codecs
{
    private readonly CqlWriter _writer = new();
    private readonly int[] _numbers = [.. Enumerable.Range(0, 100)];
    private Codec<long> _bigint = null!;
    private Codec<string> _text = null!;
    private Codec<DateTimeOffset> _timestamp = null!;
    private Codec<Guid> _uuid = null!;
    private Codec<decimal> _decimal = null!;
    private Codec<int[]> _list = null!;
    private byte[] _asciiBytes = null!;
    private byte[] _wideBytes = null!;
    private byte[] _timestampBytes = null!;
    private byte[] _decimalBytes = null!;
    private byte[] _listBytes = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var registry = new CodecRegistry();
        _bigint = registry.Get<long>(CqlType.Bigint);
        _text = registry.Get<string>(CqlType.Text);
        _timestamp = registry.Get<DateTimeOffset>(CqlType.Timestamp);
        _uuid = registry.Get<Guid>(CqlType.Uuid);
        _decimal = registry.Get<decimal>(CqlType.Decimal);
        _list = registry.Get<int[]>(new CqlListType(CqlType.Int));
        _asciiBytes = Bytes(_text, "user-00000042");
        _wideBytes = Bytes(_text, "Grüße, Ελλάδα");
        _timestampBytes = Bytes(_timestamp, DateTimeOffset.FromUnixTimeMilliseconds(SampleData.Timestamp));
        _decimalBytes = Bytes(_decimal, 12345.6789m);
        _listBytes = Bytes(_list, _numbers);
    }

    [GlobalCleanup]
    public void CleanUp() => _writer.Dispose();

    [Benchmark]
    public int Write_bigint() => Write(_bigint, 42L);

    [Benchmark]
    public int Write_text() => Write(_text, "user-00000042");

    [Benchmark]
    public int Write_uuid() => Write(_uuid, Guid.AllBitsSet);

    [Benchmark]
    public int Write_list_of_100_ints() => Write(_list, _numbers);

    [Benchmark]
    public string Read_text_ascii() => _text.Read(_asciiBytes);

    [Benchmark]
    public string Read_text_wide() => _text.Read(_wideBytes);

    [Benchmark]
    public DateTimeOffset Read_timestamp() => _timestamp.Read(_timestampBytes);

    [Benchmark]
    public decimal Read_decimal() => _decimal.Read(_decimalBytes);

    [Benchmark]
    public int[] Read_list_of_100_ints() => _list.Read(_listBytes);

    private int Write<T>(Codec<T> codec, T value)
    {
        _writer.Clear();
        codec.Write(_writer, value);
        return _writer.Length;
    }

    private static byte[] Bytes<T>(Codec<T> codec, T value)
    {
        using var writer = new CqlWriter();
        codec.Write(writer, value);
        return writer.WrittenSpan.ToArray();
    }
}
