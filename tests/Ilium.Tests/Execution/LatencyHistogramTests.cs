using Ilium.Execution;

namespace Ilium.Tests.Execution;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1_000)]
    [InlineData(123_456)]
    [InlineData(10_000_000)]
    [InlineData((1L << 36) - 1)]
    public void A_latency_is_kept_to_a_sixteenth_and_never_understated(long microseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(microseconds);
        Assert.InRange(histogram.Percentile(100), microseconds, microseconds + (microseconds / 16));
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(long.MaxValue, (1L << 36) - 1)]
    public void What_is_beyond_the_ends_counts_at_them(long microseconds, long expected)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(microseconds);
        Assert.Equal(expected, histogram.Percentile(50));
    }

    [Fact]
    public void Percentiles_are_by_rank()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Percentile(99));
        for (var i = 1; i <= 16; i++)
        {
            histogram.Record(i);
        }

        Assert.Equal([1, 8, 9, 16], new[] { 1, 50, 51, 100 }.Select(p => histogram.Percentile(p)));
    }

    [Fact]
    public void Halving_forgets_half_of_each_count()
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 101; i++)
        {
            histogram.Record(5);
        }

        histogram.Halve();
        Assert.Equal(50, histogram.Count);
        histogram = new LatencyHistogram();
        histogram.Record(7);
        histogram.Halve();
        Assert.Equal(0, histogram.Count);
    }
}
