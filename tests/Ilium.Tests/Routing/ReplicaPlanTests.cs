using Ilium.Routing;
using Ilium.Topology;

namespace Ilium.Tests.Routing;

[Collection(QuietCollection.Name)]
public class ReplicaPlanTests
{
    private const int Seeds = 3_000;

    // Two data centers of six nodes, each with three racks of two.
    private static readonly (string, string)[] Twelve =
        [.. Enumerable.Range(0, 12).Select(index => (index < 6 ? "a" : "b", $"r{index % 3}"))];

    [Fact]
    public void Replicas_of_the_local_rack_come_first_then_those_of_the_data_center_the_rest_of_both_and_remote_nodes()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3), ("b", 3)), Twelve, localRack: "r1", remotes: 2);
        // Node 0 owns the token; the walk meets racks r0, r1 and r2 of each data center in turn.
        var remotes = Enumerable.Range(6, 6).Where(index => model.Nodes[index].Distance == NodeDistance.Remote).ToHashSet();
        Assert.Equal(2, remotes.Count);
        for (var seed = 0ul; seed < 100; seed++)
        {
            var plan = model.Plan(model.RouteTo(0), seed);
            Assert.Equal(1, plan[0]);
            Assert.Equal([0, 2], plan[1..3].Order());
            Assert.Equal(4, plan[3]);
            Assert.Equal([3, 5], plan[4..6].Order());
            Assert.Equal(remotes.Order(), plan[6..].Order());
        }
    }

    [Fact]
    public void Without_remote_nodes_a_plan_ends_with_the_local_data_center_and_without_a_rack_replicas_are_alike()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3), ("b", 3)), Twelve);
        for (var seed = 0ul; seed < 100; seed++)
        {
            var plan = model.Plan(model.RouteTo(4), seed);
            // The walk from node 4 meets racks r1, r2 and, once around, r0.
            Assert.Equal([0, 4, 5], plan[..3].Order());
            Assert.Equal([1, 2, 3], plan[3..].Order());
        }
    }

    [Fact]
    public void Replicas_of_SimpleStrategy_in_another_data_center_are_not_taken()
    {
        (string, string)[] mixed = [.. Enumerable.Range(0, 6).Select(index => (index % 2 == 0 ? "a" : "b", "r"))];
        var model = new PlanModel(PlanModel.Simple(3), mixed);
        for (var seed = 0ul; seed < 50; seed++)
        {
            Assert.Equal([4], model.Plan(model.RouteTo(3), seed)[..1]);
            Assert.Equal([2, 4], model.Plan(model.RouteTo(2), seed)[..2].Order());
            Assert.Equal([0, 2, 4], model.Plan(model.RouteTo(2), seed).Order());
        }
    }

    [Fact]
    public void Each_replica_is_first_equally_often()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6]);
        var first = new int[6];
        for (var seed = 0ul; seed < Seeds; seed++)
        {
            first[model.Plan(model.RouteTo(0), seed)[0]]++;
        }

        Assert.Equal(Seeds, first[..3].Sum());
        Assert.All(first[..3], count => Assert.InRange(count, Seeds * 0.3, Seeds * 0.37));
    }

    [Fact]
    public void The_same_seed_makes_the_same_plan_again()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3), ("b", 3)), Twelve, remotes: 3);
        for (var seed = 0ul; seed < 20; seed++)
        {
            Assert.Equal(model.Plan(model.RouteTo(2), seed), model.Plan(model.RouteTo(2), seed));
        }
    }

    [Fact]
    public void Conditional_statements_meet_at_the_replicas_in_the_order_of_the_ring_whatever_the_rack()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6], localRack: "r2");
        model.Nodes[3].Health.CameUp();
        for (var seed = 0ul; seed < 50; seed++)
        {
            Assert.Equal([3, 4, 5], model.Plan(model.RouteTo(3, isConditional: true), seed)[..3]);
        }
    }

    [Fact]
    public void Without_a_token_or_a_known_keyspace_nodes_take_turns()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6]);
        Assert.Equal([0, 1, 2, 3, 4, 5], model.Plan(default, 6));
        Assert.Equal([1, 2, 3, 4, 5, 0], model.Plan(default, 7));
        Assert.Equal([5, 0, 1, 2, 3, 4], model.Plan(model.RouteTo(0) with { Keyspace = "unknown" }, 11));
        Assert.Equal([1, 4, 3, 5, 0, 2], new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6], localRack: "r1").Plan(default, 2));
    }

    [Fact]
    public void A_busy_replica_is_moved_back_and_not_when_most_are()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6]);
        MakeBusy(model.Nodes[1]);
        for (var seed = 0ul; seed < 50; seed++)
        {
            Assert.Equal(1, model.Plan(model.RouteTo(0), seed)[2]);
        }

        MakeBusy(model.Nodes[2]);
        Assert.Equal(3, Enumerable.Range(0, 50).Select(seed => model.Plan(model.RouteTo(0), (ulong)seed)[0]).Distinct().Count());
    }

    [Fact]
    public void A_replica_that_has_just_come_up_is_first_one_time_in_four_of_those_it_would_be()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6]);
        model.Nodes[0].Health.CameUp();
        var (first, last) = (0, 0);
        for (var seed = 0ul; seed < Seeds; seed++)
        {
            var plan = model.Plan(model.RouteTo(0), seed);
            first += plan[0] == 0 ? 1 : 0;
            last += plan[2] == 0 ? 1 : 0;
        }

        Assert.InRange(first, Seeds / 12 * 0.8, Seeds / 12 * 1.2);
        Assert.InRange(last, Seeds * 0.8, Seeds * 0.87);
    }

    [Fact]
    public void A_node_is_busy_that_has_much_to_do_and_answers_nothing_for_two_looks()
    {
        var health = new NodeHealth();
        health.Look(0, 9, 100);
        health.Look(100, 50, 100);
        health.Look(200, 50, 100);
        Assert.False(health.IsBusy);
        health.Look(300, 50, 101);
        Assert.True(health.IsBusy);
        health.Look(400, 50, 102);
        Assert.False(health.IsBusy);
        // A connection was replaced by one that counts from nought.
        health.Look(500, 50, 0);
        Assert.False(health.IsBusy);
    }

    [Fact]
    public void A_node_is_new_for_a_minute()
    {
        var health = new NodeHealth();
        health.CameUp();
        Assert.True(health.IsNew);
        health.Look(1_000, 0, 0);
        health.Look(60_999, 0, 0);
        Assert.True(health.IsNew);
        health.Look(61_000, 0, 0);
        Assert.False(health.IsNew);
    }

    [Fact]
    public void Token_replicas_and_the_first_targets_allocate_nothing()
    {
        var model = new PlanModel(PlanModel.Network(("a", 3), ("b", 3)), Twelve, localRack: "r1", remotes: 1);
        byte[] single = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42];
        byte[] two = [0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 97];
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            for (var i = 0ul; i < (ulong)times; i++)
            {
                Assert.True(PartitionKey.TryHash(model.Table.Ring.Partitioner!, [0], single, out var token));
                Assert.True(PartitionKey.TryHash(model.Table.Ring.Partitioner!, [0, 1], two, out token));
                var plan = model.NewPlan(new Route { HasToken = true, Token = token, Keyspace = "k" }, i);
                for (var taken = 0; taken < 7; taken++)
                {
                    Assert.True(plan.TryNext(out _));
                }
            }
        }
    }

    private static void MakeBusy(Node node)
    {
        for (var look = 0; look < 3; look++)
        {
            node.Health.Look(look, NodeHealth.MuchInFlight, 0);
        }

        Assert.True(node.Health.IsBusy);
    }
}
