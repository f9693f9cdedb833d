using Ilium.Docs.Tests.Checks;

namespace Ilium.Docs.Tests;

/// <summary>What clients of a cluster have to survive, as the failures of other drivers tell, is on the page of faults, each with its test.</summary>
public sealed class FaultPageTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "Prepared statements", "A storm of UNPREPARED" },
        { "Prepared statements", "UNPREPARED for ever" },
        { "Prepared statements", "A table altered between preparing and executing, v3 to v5" },
        { "Prepared statements", "The same with ScyllaDB's extension for metadata ids" },
        { "Prepared statements", "A user-defined type altered" },
        { "Prepared statements", "The id changed with the preparation" },
        { "Prepared statements", "Nodes give one text different ids" },
        { "Errors", "Every code, cut off anywhere" },
        { "Errors", "Unknown codes" },
        { "Errors", "Maps of reasons" },
        { "Errors", "OVERLOADED, with and without THROW_ON_OVERLOAD" },
        { "Errors", "A rate limit" },
        { "Errors", "CAS_WRITE_UNKNOWN" },
        { "Topology", "A node joins" },
        { "Topology", "A node leaves" },
        { "Topology", "A node is replaced: another host id at the same address" },
        { "Topology", "The same host id at another address" },
        { "Topology", "Every address changes" },
        { "Topology", "A node comes and goes" },
        { "Topology", "UP before it listens" },
        { "Topology", "A flood of events while the tables are slow" },
        { "Topology", "Bad rows of the peers table" },
        { "Topology", "A data center is lost" },
        { "Topology", "Versions are mixed while nodes are upgraded" },
        { "Schema", "Nodes disagree" },
        { "Schema", "A partial refresh" },
        { "Schema", "A storm of changes" },
        { "Schema", "A keyspace is dropped while it is used" },
        { "Schema", "Views in different keyspaces open connections at once" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_fault_has_its_test(string group, string fault)
    {
        var section = Repository.Page("faults.md").Split("\n## ").Single(text => text.StartsWith(group + "\n", StringComparison.Ordinal));
        var row = Assert.Single(section.Split('\n'), line => line.StartsWith($"| {fault}", StringComparison.Ordinal));
        Assert.StartsWith("`", row.Split('|')[2].Trim(), StringComparison.Ordinal);
    }
}
