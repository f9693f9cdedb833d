namespace Ilium.Tests.Topology;

public class CassandraVersionTests
{
    [Fact]
    public void Versions_follow_each_other_as_they_were_released()
    {
        // In order; those in one line are the same.
        string[][] order =
        [
            ["0"], ["2.1.22"], ["2.2.0-beta1-SNAPSHOT"], ["2.2.0-beta1"], ["2.2.0-beta1.1"], ["2.2.0-beta2"], ["2.2.0~rc2", "2.2-rc2"], ["2.2.0-rc10"], ["2.2.0-SNAPSHOT", "2.2-snapshot"],
            ["2.2", "2.2.0", "2.2.0.0", "2.2.0+build7"], ["2.2.9"], ["2.2.10"], ["3.0.8"], ["3.11.4"], ["4.0-alpha4"], ["4.0-beta1"], ["4.0-rc1"], ["4.0"],
            ["4.0.0.6816"], ["4.1.3"], ["5.0-alpha1"], ["5.0.9"], ["5.0.10"], ["2024.1.0"],
        ];
        for (var i = 0; i < order.Length; i++)
        {
            for (var k = 0; k < order.Length; k++)
            {
                foreach (var (one, other) in order[i].SelectMany(one => order[k].Select(other => (one, other))))
                {
                    var (left, right) = (CassandraVersion.Parse(one), CassandraVersion.Parse(other));
                    Assert.True(Math.Sign(left.CompareTo(right)) == Math.Sign(i.CompareTo(k)), $"{left} and {right}");
                    bool[] expected = [i == k, i != k, i < k, i > k, i <= k, i >= k];
                    bool[] said = [left == right, left != right, left < right, left > right, left <= right, left >= right];
                    Assert.Equal(expected, said);
                    Assert.True(i != k || left.GetHashCode() == right.GetHashCode(), $"{left} and {right}");
                }
            }
        }
    }

    [Theory]
    [InlineData("5.0.9", 5, 0, 9, 0, "", "5.0.9")]
    [InlineData("4", 4, 0, 0, 0, "", "4.0")]
    [InlineData("4.0.0.6816", 4, 0, 0, 6816, "", "4.0.0.6816")]
    [InlineData(" 4.0~rc1-SNAPSHOT+7 ", 4, 0, 0, 0, "rc1-SNAPSHOT", "4.0-rc1-SNAPSHOT")]
    public void Its_parts_are_told(string text, int major, int minor, int patch, int revision, string label, string printed)
    {
        var version = CassandraVersion.Parse(text);
        Assert.Equal((major, minor, patch, revision, label), (version.Major, version.Minor, version.Patch, version.Revision, version.Label));
        Assert.Equal(printed, version.ToString());
        Assert.Equal(version, CassandraVersion.Parse(printed));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5.")]
    [InlineData("5.0.9-")]
    [InlineData("-5")]
    [InlineData("1.2.3.4.5")]
    [InlineData("5.99999999999")]
    public void What_is_no_version_is_refused(string? text)
    {
        Assert.False(CassandraVersion.TryParse(text, out var version));
        Assert.Equal(default, version);
        if (text is not null)
        {
            Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => CassandraVersion.Parse(text)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_node_has_the_version_that_its_server_says()
    {
        Assert.Equal(new CassandraVersion(5, 0, 9), Node("5.0.9").Version);
        Assert.True(Node("5.0.10").Version > Node("5.0.9").Version);
        Assert.Null(Node("").Version);

        static Node Node(string version) =>
            new(new Ilium.Topology.NodeInfo(Guid.Empty, ScriptedRing.Address(1), null, "dc1", "r1", version, []), static (_, _, _) => null!);
    }
}
