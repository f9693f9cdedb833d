using BenchmarkDotNet.Attributes;
using Ilium.Buffers;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Benchmarks;

/// <summary>What a page costs its reader, a row: five columns in order, by name, only the last, and the walk alone.</summary>
[MemoryDiagnoser]
public class RowReading
{
    private const int RowsPerPage = 5000;

    private readonly byte[] _page = SampleData.Rows(RowsPerPage);
    private readonly RowDecoder _decoder = new(SampleData.Columns, new CodecRegistry());

    [Benchmark(Baseline = true, OperationsPerInvoke = RowsPerPage)]
    public long Five_columns_by_ordinal()
    {
        var sum = 0L;
        foreach (var row in Page())
        {
            sum += row.Get<long>(0) + row.Get<string>(1).Length + row.Get<int>(2) + row.Get<DateTimeOffset>(3).Ticks + (long)row.Get<double>(4);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = RowsPerPage)]
    public long Five_columns_by_name()
    {
        var sum = 0L;
        foreach (var row in Page())
        {
            sum += row.Get<long>("id") + row.Get<string>("name").Length + row.Get<int>("age") + row.Get<DateTimeOffset>("ts").Ticks +
                (long)row.Get<double>("v");
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = RowsPerPage)]
    public double Last_column_only()
    {
        var sum = 0.0;
        foreach (var row in Page())
        {
            sum += row.Get<double>(4);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = RowsPerPage)]
    public int No_column()
    {
        var count = 0;
        foreach (var row in Page())
        {
            count++;
        }

        return count;
    }

    private RowSet Page() => new(new PooledBody(_page, 0, _page.Length), _decoder, 0, RowsPerPage);
}
