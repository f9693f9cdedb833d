using Ilium.Buffers;
using Ilium.Execution;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Types;

namespace Ilium.Tests.Execution;

public class PreparedCacheTests
{
    [Fact]
    public async Task Those_who_ask_together_share_one_preparation()
    {
        var cache = new PreparedCache(10);
        var gate = new TaskCompletionSource<PreparedStatement>();
        var calls = 0;
        var asked = Enumerable.Range(0, 20).Select(_ => cache.GetAsync("ks", "a", (_, _) =>
        {
            calls++;
            return gate.Task;
        })).ToArray();
        var statement = Statement("a");
        gate.SetResult(statement);
        Assert.All(await Task.WhenAll(asked), one => Assert.Same(statement, one));
        Assert.Equal(1, calls);
        Assert.Same(statement, cache.Find("ks", "a"));
        Assert.Null(cache.Find("other", "a"));
        Assert.Null(cache.Find(null, "a"));
    }

    [Fact]
    public async Task A_failure_is_told_to_all_who_waited_and_not_kept()
    {
        var cache = new PreparedCache(10);
        var gate = new TaskCompletionSource<PreparedStatement>();
        var asked = Enumerable.Range(0, 3).Select(_ => cache.GetAsync(null, "a", (_, _) => gate.Task)).ToArray();
        gate.SetException(new TimeoutException());
        foreach (var one in asked)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => one);
        }

        Assert.Equal(0, cache.Count);
        var statement = Statement("a");
        Assert.Same(statement, await cache.GetAsync(null, "a", (_, _) => Task.FromResult(statement)));
    }

    [Fact]
    public async Task The_least_recently_found_make_room()
    {
        var cache = new PreparedCache(3);
        foreach (var cql in new[] { "a", "b", "c" })
        {
            await cache.GetAsync(null, cql, (_, text) => Task.FromResult(Statement(text)));
        }

        Assert.NotNull(cache.Find(null, "a"));
        await cache.GetAsync(null, "d", (_, text) => Task.FromResult(Statement(text)));
        Assert.NotNull(cache.Find(null, "a"));
        Assert.Null(cache.Find(null, "b"));
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public async Task It_stays_bounded_whoever_asks_for_what()
    {
        var cache = new PreparedCache(16);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 500; i++)
            {
                var text = $"q{random.Next(60)}";
                Assert.Equal(text, (await cache.GetAsync(null, text, (_, cql) => Task.FromResult(Statement(cql)))).Cql);
            }
        })));
        Assert.InRange(cache.Count, 1, 16);
    }

    private static PreparedStatement Statement(string cql) => new(
        cql, null,
        new PreparedState([1], null, ResultMetadata.Empty, [], RowDecoder.Empty, new CodecRegistry(), ProtocolVersion.V4),
        new ObjectPool<CqlWriter>(() => new CqlWriter(), 1));
}
