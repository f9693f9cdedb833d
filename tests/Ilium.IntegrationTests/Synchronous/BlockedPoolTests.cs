using System.Diagnostics;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Synchronous;

[Collection(PlainRingCollection.Name)]
public class BlockedPoolTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task Synchronous_verbs_finish_while_all_eight_threads_of_the_pool_are_blocked_in_them(ProtocolVersion version)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Ilium.SyncProbe.dll"), await keyspace.ContactPointAsync(), $"{version}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var probe = Process.Start(start)!;
        try
        {
            var error = probe.StandardError.ReadToEndAsync(CqlText.Cancelled);
            var output = await probe.StandardOutput.ReadToEndAsync(CqlText.Cancelled);
            await probe.WaitForExitAsync(CqlText.Cancelled);
            Assert.True(probe.ExitCode == 0, $"exit code {probe.ExitCode}: {output} {await error}");
            Assert.EndsWith("finished", output.TrimEnd(), StringComparison.Ordinal);
        }
        finally
        {
            if (!probe.HasExited)
            {
                probe.Kill();
            }
        }
    }
}
