using Ilium.Routing;

namespace Ilium.Tests.Routing;

public sealed class ReplicationTests
{
    [Theory]
    [InlineData("3", 3, 0)]
    [InlineData("3/1", 3, 1)]
    [InlineData("0", 0, 0)]
    public void Factors_are_read_with_their_transient_replicas(string text, int all, int transient)
    {
        Assert.True(ReplicationFactor.TryParse(text, out var factor));
        Assert.Equal(new ReplicationFactor(all, transient), factor);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("3/")]
    [InlineData("1/2")]
    [InlineData("3/1/1")]
    [InlineData("three")]
    public void What_is_no_factor_is_refused(string? text) => Assert.False(ReplicationFactor.TryParse(text, out _));

    [Theory]
    [InlineData("3", 5, 3, 3)]
    [InlineData("3", 2, 2, 2)]
    [InlineData("3/1", 5, 3, 2)]
    [InlineData("3/1", 2, 2, 2)]
    [InlineData("5/2", 4, 4, 3)]
    [InlineData("3", 0, 0, 0)]
    public void Nodes_that_are_missing_are_missing_from_the_transient_replicas_first(string text, int nodes, int all, int full)
    {
        Assert.True(ReplicationFactor.TryParse(text, out var factor));
        Assert.Equal(all, factor.AllOf(nodes));
        Assert.Equal(full, factor.FullOf(nodes));
    }

    [Fact]
    public void Keyspaces_that_replicate_alike_are_equal_whatever_the_order_of_their_options()
    {
        var one = Replication.Parse("org.apache.cassandra.locator.NetworkTopologyStrategy", new Dictionary<string, string> { ["a"] = "3", ["b"] = "2/1" });
        var other = Replication.Parse("NetworkTopologyStrategy", new Dictionary<string, string> { ["b"] = "2/1", ["a"] = "3" });
        Assert.Equal(one, other);
        Assert.Equal("NetworkTopology a=3 b=2/1", one.ToString());
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, Replication.Parse("NetworkTopologyStrategy", new Dictionary<string, string> { ["a"] = "3", ["b"] = "2" }));
    }

    [Fact]
    public void Data_centers_without_replicas_and_options_that_are_no_factors_are_left_out() => Assert.Equal(
        "NetworkTopology a=3",
        Replication.Parse("NetworkTopologyStrategy", new Dictionary<string, string> { ["a"] = "3", ["b"] = "0", ["comment"] = "none" }).ToString());

    [Theory]
    [InlineData("SimpleStrategy", nameof(ReplicationStrategy.Simple))]
    [InlineData("org.apache.cassandra.locator.LocalStrategy", nameof(ReplicationStrategy.Local))]
    [InlineData("EverywhereStrategy", nameof(ReplicationStrategy.Everywhere))]
    [InlineData("com.example.OwnStrategy", nameof(ReplicationStrategy.Unknown))]
    [InlineData("", nameof(ReplicationStrategy.Unknown))]
    public void Strategies_are_found_by_class(string strategy, string expected) =>
        Assert.Equal(expected, Replication.Parse(strategy, new Dictionary<string, string> { ["replication_factor"] = "2" }).Strategy.ToString());

    [Fact]
    public void A_simple_strategy_without_a_factor_is_unknown() =>
        Assert.Equal(ReplicationStrategy.Unknown, Replication.Parse("SimpleStrategy", new Dictionary<string, string>()).Strategy);
}
