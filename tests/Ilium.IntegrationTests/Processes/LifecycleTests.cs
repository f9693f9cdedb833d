using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Processes;

/// <summary>A program that does not dispose ends all the same. What disposing gives back is in DisposalTests.</summary>
[Collection(PlainRingCollection.Name)]
public class LifecycleTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion(From = ProtocolVersion.V4)]
    public async Task A_program_that_never_disposes_its_cluster_ends_by_itself(ProtocolVersion version)
    {
        // Were it kept alive, this would run into its patience.
        var probe = await ChildProcess.RunAsync("Ilium.LifecycleProbe", [await keyspace.ContactPointAsync(), $"{version}"]);
        Assert.Equal((0, "leaving", ""), (probe.ExitCode, probe.Output.Trim(), probe.Error));
    }
}
