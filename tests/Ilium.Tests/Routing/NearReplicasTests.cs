using Ilium.Routing;

namespace Ilium.Tests.Routing;

public class NearReplicasTests
{
    // Two data centers of six nodes, each with three racks of two.
    private static readonly (string, string)[] Twelve =
        [.. Enumerable.Range(0, 12).Select(index => (index < 6 ? "a" : "b", $"r{index % 3}"))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void The_first_node_is_the_one_that_the_plan_of_the_same_seed_begins_with(int factor)
    {
        var model = new PlanModel(PlanModel.Network(("a", factor), ("b", 1)), Twelve);
        AssertAgree(model, expected: 6 * 200);
        AssertAgree(model, expected: 6 * 200, isConditional: true);
    }

    [Fact]
    public void The_replica_in_the_local_rack_is_the_first_and_several_are_left_to_the_plan()
    {
        AssertAgree(new PlanModel(PlanModel.Network(("a", 3)), Twelve, localRack: "r1"), expected: 6 * 200);
        AssertAgree(new PlanModel(PlanModel.Network(("a", 3)), Twelve, localRack: "elsewhere"), expected: 6 * 200);
        // Replicas of two racks of three: one token in three has none in the local one, and goes anywhere.
        AssertAgree(new PlanModel(PlanModel.Network(("a", 2)), Twelve, localRack: "r1"), expected: 6 * 200);
        // Of four replicas in racks of two nodes each, the local one has both for two tokens of six.
        AssertAgree(new PlanModel(PlanModel.Network(("a", 4)), Twelve, localRack: "r1"), expected: 4 * 200);
    }

    [Fact]
    public void Nodes_that_are_busy_or_new_are_left_to_the_plan()
    {
        var model = new PlanModel(PlanModel.Network(("a", 1)), Twelve);
        model.Nodes[2].Health.CameUp();
        AssertAgree(model, expected: 6 * 200);
        model = new PlanModel(PlanModel.Network(("a", 3)), Twelve[..6]);
        for (var look = 0; look < 3; look++)
        {
            model.Nodes[1].Health.Look(look, inFlight: 50, received: 0);
        }

        Assert.True(model.Nodes[1].Health.IsBusy);
        // It is one of two of three replicas in two cases of three, for three tokens of six.
        Assert.InRange(AssertAgree(model), (6 * 200) - (3 * 150), (6 * 200) - (3 * 120));
    }

    [Fact]
    public void Where_a_data_center_can_not_be_taken_as_a_whole_only_the_plan_can_tell()
    {
        (string, string)[] mixed = [.. Enumerable.Range(0, 6).Select(index => (index % 2 == 0 ? "a" : "b", "r"))];
        AssertAgree(new PlanModel(PlanModel.Simple(3), mixed), expected: 0);
        AssertAgree(new PlanModel(PlanModel.Simple(3), Twelve[..6]), expected: 6 * 200);
        AssertAgree(new PlanModel(PlanModel.Network(("b", 3)), Twelve), expected: 0);
        AssertAgree(new PlanModel(PlanModel.Network(("a", 0)), Twelve), expected: 0);
        AssertAgree(new PlanModel(PlanModel.Network(("a", 3)), Twelve, usual: new NodeFilterPolicy(static node => node.Rack != "r0")), expected: 0);
        Assert.Null(new NearReplicas(new PlanModel(PlanModel.Network(("a", 3)), Twelve).Table, "unknown").First(default, isConditional: false, seed: 1));
    }

    /// <summary>Asks for each token of the local data center with many seeds; returns how often there was an answer.</summary>
    private static int AssertAgree(PlanModel model, int? expected = null, bool isConditional = false)
    {
        var near = new NearReplicas(model.Table, "k");
        var found = 0;
        for (var index = 0; index < 6; index++)
        {
            var route = model.RouteTo(index, isConditional);
            for (var seed = 0ul; seed < 200; seed++)
            {
                if (near.First(route.Token, isConditional, seed) is { } first)
                {
                    Assert.Equal(model.Plan(route, seed, model.Table.Usual)[0], Array.IndexOf(model.Nodes, first));
                    found++;
                }
            }
        }

        Assert.Equal(expected ?? found, found);
        return found;
    }
}
