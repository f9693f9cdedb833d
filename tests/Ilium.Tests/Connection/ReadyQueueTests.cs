using Ilium.Connection;

namespace Ilium.Tests.Connection;

public class ReadyQueueTests
{
    [Fact]
    public void What_was_added_is_seen_when_published_and_taken_in_order()
    {
        var queue = new ReadyQueue();
        var requests = Enumerable.Range(0, 200).Select(_ => new TestRequest()).ToArray();
        foreach (var request in requests)
        {
            queue.Add(request);
        }

        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryTake(out _));
        queue.Publish();
        Assert.Equal(200, queue.Count);
        foreach (var request in requests)
        {
            Assert.True(queue.TryTake(out var taken));
            Assert.Same(request, taken);
        }

        Assert.False(queue.TryTake(out _));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void It_holds_as_many_as_there_are_stream_ids()
    {
        var queue = new ReadyQueue();
        var request = new TestRequest();
        for (var i = 0; i < StreamTable.MaxIds; i++)
        {
            queue.Add(request);
        }

        queue.Publish();
        var taken = 0;
        while (queue.TryTake(out _))
        {
            taken++;
        }

        Assert.Equal(StreamTable.MaxIds, taken);
    }

    [Fact]
    public void It_says_when_another_read_may_bring_more_than_it_can_count_and_then_takes_no_more()
    {
        var queue = new ReadyQueue();
        var request = new TestRequest();
        for (var i = 0; i < ushort.MaxValue; i++)
        {
            Assert.Equal(i + StreamTable.MaxIds <= ushort.MaxValue, queue.HasRoom);
            queue.Add(request);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Add(request));
        queue.Publish();
        Assert.Equal(ushort.MaxValue, queue.Count);
        while (queue.TryTake(out _))
        {
        }

        queue.Forget();
        Assert.True(queue.HasRoom);
    }

    [Fact]
    public void What_was_taken_can_be_collected()
    {
        var queue = new ReadyQueue();
        var taken = Fill(queue);
        queue.Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(taken.TryGetTarget(out _));
        GC.KeepAlive(queue);

        static WeakReference<TestRequest> Fill(ReadyQueue queue)
        {
            var request = new TestRequest();
            queue.Add(request);
            queue.Publish();
            Assert.True(queue.TryTake(out _));
            return new WeakReference<TestRequest>(request);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void With_several_takers_each_item_is_taken_exactly_once(int seed)
    {
        // As a connection uses it: one thread fills when the queue is empty, and takes; others take whenever they like.
        const int Fills = 500;
        var queue = new ReadyQueue();
        var random = new Random(seed);
        var stop = 0;
        var helpers = Enumerable.Range(0, 3).Select(_ =>
        {
            var helper = new Thread(() =>
            {
                while (Volatile.Read(ref stop) == 0)
                {
                    Drain(queue);
                }
            });
            helper.Start();
            return helper;
        }).ToArray();
        var all = new List<TestRequest>();
        for (var fill = 0; fill < Fills; fill++)
        {
            for (var i = random.Next(1, 40); i > 0; i--)
            {
                var request = new TestRequest();
                all.Add(request);
                queue.Add(request);
            }

            queue.Publish();
            Drain(queue);
            queue.Forget();
        }

        Volatile.Write(ref stop, 1);
        foreach (var helper in helpers)
        {
            helper.Join();
        }

        Assert.All(all, request => Assert.Equal(1, request.Completed));

        static void Drain(ReadyQueue queue)
        {
            while (queue.TryTake(out var request))
            {
                request.Complete();
            }
        }
    }
}
