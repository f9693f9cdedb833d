using Ilium.Pool;

namespace Ilium.Tests.Pool;

public class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest_less_at_most_a_quarter()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(1));
        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        foreach (var most in expected)
        {
            Assert.InRange(backoff.Next().TotalSeconds, most * 0.75, most);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.75, 1);
    }

    [Fact]
    public void Two_clients_do_not_come_back_together()
    {
        var first = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(1));
        var second = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(2));
        Assert.NotEqual(first.Next(), second.Next());
    }

    [Fact]
    public void It_stays_at_the_longest_for_ever()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), new Random(1));
        for (var i = 0; i < 10_000; i++)
        {
            Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromDays(1));
        }
    }
}
