using Ilium.Connection;

namespace Ilium.Tests.Connection;

public class StreamTableTests
{
    // The table holds a freed id back until this many others have been used.
    private const int Quarantine = 512;

    [Fact]
    public void Ids_begin_at_zero_and_a_freed_id_rests_while_512_others_are_used()
    {
        var table = new StreamTable();
        Assert.Equal(0, Take(table));
        Assert.True(table.TryFree(0));
        var taken = new List<short>();
        for (var i = 0; i < Quarantine + 1; i++)
        {
            var id = Take(table);
            taken.Add(id);
            Assert.True(table.TryFree(id));
        }

        Assert.Equal(Enumerable.Range(1, Quarantine).Select(i => (short)i).Append((short)0), taken);
    }

    [Fact]
    public void An_id_that_was_just_freed_is_not_given_to_the_next_request()
    {
        var table = new StreamTable();
        var last = Take(table);
        for (var i = 0; i < 5_000; i++)
        {
            Assert.True(table.TryFree(last));
            var next = Take(table);
            Assert.NotEqual(last, next);
            last = next;
        }

        Assert.Equal(1, table.InUse);
        Assert.Equal(Quarantine + 1, table.HighWater);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(StreamTable.MaxIds)]
    public void A_full_table_refuses_and_goes_on_when_one_id_is_free(int limit)
    {
        var table = new StreamTable(limit);
        var ids = Enumerable.Range(0, limit).Select(_ => Take(table)).ToHashSet();
        Assert.Equal(limit, ids.Count);
        Assert.Equal((0, limit - 1), (ids.Min(), ids.Max()));
        Assert.False(table.TryTake(TestRequest.Armed(), 0, 0, out var none));
        Assert.Equal(-1, none);
        var freed = (short)(limit / 2);
        Assert.True(table.TryFree(freed));
        Assert.Equal(freed, Take(table));
        Assert.False(table.TryTake(TestRequest.Armed(), 0, 0, out _));
        Assert.Equal(limit, table.InUse);
    }

    [Fact]
    public void Growing_keeps_requests_deadlines_and_batches_of_ids_in_use_and_the_order_of_free_ones()
    {
        var table = new StreamTable();
        var requests = new List<TestRequest>();
        for (var i = 0; i < 1_000; i++)
        {
            var request = TestRequest.Armed();
            requests.Add(request);
            Assert.True(table.TryTake(request, i * 10, i, out var id));
            Assert.Equal(i, id);
        }

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Same(requests[i], table[i].Request);
            Assert.Equal((i * 10L, i), (table[i].Deadline, table[i].Batch));
        }
    }

    [Fact]
    public void Freeing_twice_is_told()
    {
        var table = new StreamTable();
        var id = Take(table);
        Assert.True(table.TryFree(id));
        Assert.False(table.TryFree(id));
        Assert.Equal(0, table.InUse);
    }

    [Fact]
    public void An_orphan_keeps_its_id_and_lets_its_request_go()
    {
        var table = new StreamTable(2);
        var request = TestRequest.Armed();
        Assert.True(table.TryTake(request, 0, 0, out var id));
        Take(table);
        table.MarkOrphan(id, request, request.Version);
        table.MarkOrphan(id, request, request.Version);
        Assert.Equal((1, 2), (table.Orphans, table.InUse));
        Assert.False(table.TryTake(TestRequest.Armed(), 0, 0, out _));
        Assert.NotSame(request, table[id].Request);
        Assert.False(table[id].Request!.TryClaim(table[id].Version));
        Assert.True(table.TryFree(id));
        Assert.Equal((0, 1), (table.Orphans, table.InUse));
    }

    [Fact]
    public void A_request_in_a_later_life_is_not_orphaned_by_its_former_one()
    {
        var table = new StreamTable();
        var request = TestRequest.Armed();
        var former = request.Version;
        request.Arm();
        Assert.True(table.TryTake(request, 0, 0, out var id));
        table.MarkOrphan(id, request, former);
        table.MarkOrphan(id, TestRequest.Armed(), request.Version);
        Assert.Equal(0, table.Orphans);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_order_of_taking_giving_up_and_freeing_keeps_the_count(int seed)
    {
        var random = new Random(seed);
        var limit = random.Next(1, 1_500);
        var table = new StreamTable(limit);
        var live = new Dictionary<short, TestRequest>();
        var orphans = new HashSet<short>();
        for (var step = 0; step < 20_000; step++)
        {
            var choice = random.Next(100);
            if (choice < 55)
            {
                var request = TestRequest.Armed();
                Assert.Equal(live.Count < limit, table.TryTake(request, 0, 0, out var id));
                if (id >= 0)
                {
                    Assert.True(live.TryAdd(id, request), $"id {id} was given twice");
                }
            }
            else if (live.Count > 0)
            {
                var id = live.Keys.ElementAt(random.Next(live.Count));
                if (choice < 70)
                {
                    table.MarkOrphan(id, live[id], live[id].Version);
                    orphans.Add(id);
                }
                else
                {
                    Assert.True(table.TryFree(id));
                    live.Remove(id);
                    orphans.Remove(id);
                }
            }

            Assert.Equal((live.Count, orphans.Count), (table.InUse, table.Orphans));
        }
    }

    private static short Take(StreamTable table)
    {
        Assert.True(table.TryTake(TestRequest.Armed(), 0, 0, out var id));
        return id;
    }
}
