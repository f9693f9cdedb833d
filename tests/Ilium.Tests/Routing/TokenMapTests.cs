using System.Diagnostics;
using Ilium.Routing;
using Ilium.Tests.Protocol;

namespace Ilium.Tests.Routing;

[Collection(QuietCollection.Name)]
[Trait(Slow.Name, Slow.Value)]
public sealed class TokenMapTests(ITestOutputHelper output)
{
    [Fact]
    public void A_token_belongs_to_the_first_node_whose_token_is_not_less_and_behind_the_last_to_the_first()
    {
        var members = new[] { RingModel.Member("a", "r", -100), RingModel.Member("a", "r", 0), RingModel.Member("a", "r", 100) };
        var map = RingModel.Map(members, ("k", RingModel.Simple("1")));
        Assert.Same(members[0], Assert.Single(RingModel.Replicas(map, "k", "a", long.MinValue)));
        Assert.Same(members[0], Assert.Single(RingModel.Replicas(map, "k", "a", -100)));
        Assert.Same(members[1], Assert.Single(RingModel.Replicas(map, "k", "a", -99)));
        Assert.Same(members[2], Assert.Single(RingModel.Replicas(map, "k", "a", 1)));
        Assert.Same(members[0], Assert.Single(RingModel.Replicas(map, "k", "a", 101)));
        Assert.Same(members[0], Assert.Single(RingModel.Replicas(map, "k", "a", long.MaxValue)));
    }

    [Fact]
    public void Replicas_are_those_that_a_walk_around_the_ring_finds()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 300; round++)
        {
            var datacenters = random.Next(1, 4);
            var racks = random.Next(1, 5);
            var members = RingModel.Spread(random, random.Next(1, 20), random.Next(1, 12), _ => ($"dc{random.Next(datacenters)}", $"r{random.Next(racks)}"));
            var factor = random.Next(1, 8);
            var map = RingModel.Map(
                members, ("s", RingModel.Simple($"{factor}")),
                ("n", RingModel.Network([.. Enumerable.Range(0, datacenters).Select(index => ($"dc{index}", $"{factor}"))])));
            for (var i = 0; i < 20; i++)
            {
                var token = random.NextInt64();
                Assert.Equal(RingModel.Walk(members, null, factor, token), RingModel.Replicas(map, "s", "dc0", token));
                for (var index = 0; index < datacenters; index++)
                {
                    Assert.Equal(RingModel.Walk(members, $"dc{index}", factor, token), RingModel.Replicas(map, "n", $"dc{index}", token));
                }
            }
        }
    }

    [Fact]
    public void Several_factors_of_one_data_center_do_not_disturb_each_other()
    {
        var random = new Random(7);
        var members = RingModel.Spread(random, 12, 8, index => ("dc", $"r{index % 3}"));
        var factors = new[] { 2, 5, 3, 1, 4, 12, 20, 6 };
        var map = RingModel.Map(members, [.. factors.Select(factor => ($"k{factor}", RingModel.Network(("dc", $"{factor}"))))]);
        for (var i = 0; i < 100; i++)
        {
            var token = random.NextInt64(long.MinValue, long.MaxValue);
            foreach (var factor in factors)
            {
                Assert.Equal(RingModel.Walk(members, "dc", factor, token), RingModel.Replicas(map, $"k{factor}", "dc", token));
            }
        }

        // 1, 2 and 3 are the beginnings of one list, as long as there are racks for each replica.
        Assert.Equal(6, map.FindDatacenter("dc")!.ListCount);
    }

    [Fact]
    public void Transient_replicas_take_no_requests()
    {
        var members = RingModel.Spread(new Random(3), 6, 4, index => ("dc", $"r{index % 3}"));
        var map = RingModel.Map(members, ("t", RingModel.Network(("dc", "3/1"))), ("f", RingModel.Network(("dc", "3"))));
        for (var token = -5_000_000_000_000_000_000; token < 5_000_000_000_000_000_000; token += 1_000_000_000_000_000_000)
        {
            Assert.Equal(RingModel.Replicas(map, "f", "dc", token)[..2], RingModel.Replicas(map, "t", "dc", token));
        }
    }

    [Fact]
    public void Nodes_without_tokens_are_no_replicas_and_doubled_tokens_have_one_owner()
    {
        var members = new[] { RingModel.Member("dc", "r1", 0, 100), RingModel.Member("dc", "r2"), RingModel.Member("dc", "r3", 0) };
        var map = RingModel.Map(members, ("k", RingModel.Network(("dc", "3"))));
        var replicas = RingModel.Replicas(map, "k", "dc", 0);
        Assert.DoesNotContain(members[1], replicas);
        Assert.Equal(replicas.Length, replicas.Distinct().Count());
        Assert.Same(members[0], Assert.Single(RingModel.Replicas(map, "k", "dc", 1)));
    }

    [Fact]
    public void Keyspaces_that_are_everywhere_local_or_unknown_have_no_nearer_nodes()
    {
        var members = new[] { RingModel.Member("dc", "r1", 0) };
        var none = new Dictionary<string, string>();
        var map = RingModel.Map(
            members, ("e", Replication.Parse("EverywhereStrategy", none)), ("l", Replication.Parse("LocalStrategy", none)),
            ("u", Replication.Parse("OwnStrategy", none)), ("o", RingModel.Network(("other", "3"))));
        Assert.All(["e", "l", "u", "o", "missing"], keyspace => Assert.Empty(RingModel.Replicas(map, keyspace, "dc", 0)));
    }

    [Fact]
    public void A_ring_without_tokens_and_an_unknown_partitioner_have_no_replicas()
    {
        var empty = RingModel.Map([RingModel.Member("dc", "r1")], ("k", RingModel.Simple("1")), ("n", RingModel.Network(("dc", "1"))));
        Assert.Empty(RingModel.Replicas(empty, "k", "dc", 0));
        Assert.Empty(RingModel.Replicas(empty, "n", "dc", 0));
        var unknown = TokenMap.Build(
            "OwnPartitioner", [RingModel.Member("dc", "r1", 0)], new Dictionary<string, Replication> { ["k"] = RingModel.Simple("1") });
        Assert.Null(unknown.Partitioner);
        Assert.Empty(RingModel.Replicas(unknown, "k", "dc", 0));
    }

    [Fact]
    public void Only_the_data_center_that_changed_is_computed_again()
    {
        var random = new Random(11);
        var members = RingModel.Spread(random, 12, 8, index => (index < 6 ? "a" : "b", $"r{index % 3}"));
        var keyspaces = new Dictionary<string, Replication> { ["k"] = RingModel.Network(("a", "3"), ("b", "3")) };
        var before = TokenMap.Build(RingModel.Murmur3, members, keyspaces);
        _ = RingModel.Replicas(before, "k", "a", 0);
        _ = RingModel.Replicas(before, "k", "b", 0);
        keyspaces["another"] = RingModel.Network(("a", "2"));
        var grown = members.Add(RingModel.Member("b", "r1", 42));
        var after = TokenMap.Build(RingModel.Murmur3, grown, keyspaces, before);
        Assert.Same(before.FindDatacenter("a"), after.FindDatacenter("a"));
        Assert.NotSame(before.FindDatacenter("b"), after.FindDatacenter("b"));
        // What was used before is there already; the new keyspace's replicas are the beginning of what there is.
        Assert.Equal(1, after.FindDatacenter("b")!.ListCount);
        Assert.Same(grown[12], RingModel.Replicas(after, "k", "b", 42)[0]);
        Assert.Equal(RingModel.Walk(grown, "a", 2, 5), RingModel.Replicas(after, "another", "a", 5));
        Assert.Equal(1, after.FindDatacenter("a")!.ListCount);
    }

    [Fact]
    public void Replicas_are_found_in_rings_of_the_other_partitioners()
    {
        var keyspaces = new Dictionary<string, Replication> { ["k"] = RingModel.Simple("1") };
        foreach (var (name, low, high) in new[] { ("RandomPartitioner", "0", "85070591730234615865843651857942052864"), ("ByteOrderedPartitioner", "", "7fff") })
        {
            RingMember[] members = [new(null, "dc", "r", [low]), new(null, "dc", "r", [high])];
            var map = TokenMap.Build(name, [.. members], keyspaces);
            var part = map.Find("k")!.In("dc")!;
            Assert.Equal(0, part.Replicas(Parse(map, low))[0]);
            Assert.Equal(1, part.Replicas(Parse(map, high))[0]);
            Assert.Equal(0, part.Replicas(Parse(map, name[0] == 'R' ? "170141183460469231731687303715884105728" : "8000"))[0]);
            Assert.Equal(high, part.Ring.Tokens[1].ToString());
        }
    }

    [Fact]
    public void A_thousand_nodes_of_256_tokens_and_fifty_keyspaces_are_ready_within_a_second()
    {
        var members = RingModel.Spread(new Random(1), 1_000, 256, index => (index % 2 == 0 ? "a" : "b", $"r{index % 6}"));
        Replication[] settings =
        [
            RingModel.Network(("a", "3"), ("b", "3")), RingModel.Network(("a", "3")), RingModel.Network(("a", "5"), ("b", "2")), RingModel.Simple("3"),
            RingModel.Simple("1"),
        ];
        var keyspaces = Enumerable.Range(0, 50).ToDictionary(index => $"k{index}", index => settings[index % settings.Length]);
        var (map, fastest) = Build();
        for (var i = 0; i < 4 && fastest > 1_000; i++)
        {
            // The machine did something else meanwhile, or the code was not compiled yet.
            (map, fastest) = Build();
        }

        output.WriteLine($"{fastest} ms, {map.Bytes:N0} bytes");
        Assert.InRange(fastest, 0, 1_000);
        // 512,000 tokens of 8 bytes with owners and tables, 3 + 5 replicas a token in one data center, 3 in the other, 3 in the whole, 2 bytes each.
        Assert.InRange(map.Bytes, 8_000_000, 10_500_000);

        (TokenMap Map, long Milliseconds) Build()
        {
            var watch = Stopwatch.StartNew();
            var built = TokenMap.Build(RingModel.Murmur3, members, keyspaces);
            foreach (var keyspace in keyspaces.Keys)
            {
                Assert.NotEmpty(RingModel.Replicas(built, keyspace, "a", 42));
                _ = RingModel.Replicas(built, keyspace, "b", 42);
            }

            return (built, watch.ElapsedMilliseconds);
        }
    }

    [Fact]
    public void Finding_replicas_allocates_nothing()
    {
        var members = RingModel.Spread(new Random(5), 30, 16, index => ("dc", $"r{index % 3}"));
        var part = RingModel.Map(members, ("k", RingModel.Network(("dc", "3")))).Find("k")!.In("dc")!;
        var sum = (int)part.Replicas(Token.FromMurmur3(1))[0];
        var key = 0L;
        Assert.Equal(0, Allocations.Of(() => sum += part.Replicas(Token.FromMurmur3(key++ * 1_000_000_007L))[2]));
        Assert.NotEqual(0, sum);
    }

    private static Token Parse(TokenMap map, string text)
    {
        Assert.True(map.Partitioner!.TryParse(text, out var token));
        return token;
    }
}
