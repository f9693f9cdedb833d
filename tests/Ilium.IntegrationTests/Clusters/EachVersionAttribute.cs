using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Ilium.IntegrationTests.Clusters;

/// <summary>Runs a theory over the protocol versions, or over those from <see cref="From"/> to <see cref="To"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachVersionAttribute : DataAttribute
{
    public ProtocolVersion From { get; init; } = ProtocolVersion.V3;

    public ProtocolVersion To { get; init; } = ProtocolVersion.V5;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<ProtocolVersion>().Where(version => version >= From && version <= To).Select(version => new TheoryDataRow(version))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
