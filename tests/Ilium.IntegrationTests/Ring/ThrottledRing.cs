using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>
/// One node that takes <see cref="RequestsPerSecond"/> requests a second and no more: it either says so to those that send more, or does not read from them for a
/// while. Its tests count what the whole process holds: nothing else runs beside them.
/// </summary>
public sealed class ThrottledRing() : RingFixture(new RingOptions
{
    Subnet = Subnets.Throttled,
    Settings = ["native_transport_rate_limiting_enabled: true", $"native_transport_max_requests_per_second: {RequestsPerSecond}"],
})
{
    public const int RequestsPerSecond = 200;
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThrottledRingCollection : ICollectionFixture<ThrottledRing>
{
    public const string Name = "one throttled node, alone in the process";
}
