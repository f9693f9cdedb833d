using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Topology;

/// <summary>Three nodes in three racks, which the tests of one class stop, kill and start; each leaves all three running.</summary>
public sealed class TopologyRing() : RingFixture(new RingOptions { Subnet = Subnets.Topology, Nodes = 3, Racks = ["r1", "r2", "r3"] });

/// <summary>One node, to which its only test adds another that it replaces and removes.</summary>
public sealed class GrowingRing() : RingFixture(new RingOptions { Subnet = Subnets.Growing });
