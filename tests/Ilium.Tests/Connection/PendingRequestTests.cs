using Ilium.Connection;

namespace Ilium.Tests.Connection;

public class PendingRequestTests
{
    [Fact]
    public void A_life_is_claimed_once_and_only_by_its_version()
    {
        var request = TestRequest.Armed();
        var version = request.Version;
        Assert.True(request.IsPending);
        Assert.False(request.TryClaim(version - 1));
        Assert.False(request.TryClaim(version + 1));
        Assert.True(request.TryClaim(version));
        Assert.False(request.IsPending);
        Assert.False(request.TryClaim(version));
        request.Arm();
        Assert.False(request.TryClaim(version));
        Assert.True(request.TryClaim(version + 1));
    }

    [Fact]
    public void One_that_was_never_armed_cannot_be_claimed()
    {
        var request = new TestRequest();
        Assert.False(request.IsPending);
        Assert.False(request.TryClaim(0));
        Assert.False(request.TryAbandon(request.Version));
    }

    [Fact]
    public void A_timeout_fails_it_unless_the_answer_was_first()
    {
        var late = TestRequest.Armed();
        Assert.True(late.TimeOut(late.Version));
        Assert.IsType<TimeoutException>(late.Reason);
        var answered = TestRequest.Armed();
        Assert.True(answered.TryClaim(answered.Version));
        Assert.False(answered.TimeOut(answered.Version));
        Assert.Equal(0, answered.Failed);
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public void Of_answer_timeout_break_and_cancellation_at_once_exactly_one_wins_every_life()
    {
        const int Lives = 2_000;
        const int Racers = 4;
        var request = new TestRequest();
        var wins = new int[Lives];
        using var barrier = new Barrier(Racers, _ => request.Arm());
        var threads = Enumerable.Range(0, Racers).Select(_ =>
        {
            var thread = new Thread(() =>
            {
                for (var life = 0; life < Lives; life++)
                {
                    barrier.SignalAndWait();
                    var version = request.Version;
                    if (request.TryClaim(version))
                    {
                        Interlocked.Increment(ref wins[life]);
                    }

                    barrier.SignalAndWait();
                    life++;
                    if (life < Lives && request.TryClaim(request.Version))
                    {
                        Interlocked.Increment(ref wins[life]);
                    }
                }
            });
            thread.Start();
            return thread;
        }).ToArray();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        Assert.All(wins, count => Assert.Equal(1, count));
    }
}
