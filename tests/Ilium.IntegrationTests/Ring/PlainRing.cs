using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>
/// One node, no authentication, no TLS: what most tests need. Tests make keyspaces of their own in it. A custom payload that a request brings comes back with the
/// answer: Cassandra has a query handler for that.
/// </summary>
public sealed class PlainRing() : RingFixture(new RingOptions
{
    Subnet = Subnets.Plain,
    Settings = ["dynamic_data_masking_enabled: true"],
    JavaOptions = "-Dcassandra.custom_query_handler_class=org.apache.cassandra.cql3.CustomPayloadMirroringQueryHandler",
});

[CollectionDefinition(Name)]
public sealed class PlainRingCollection : ICollectionFixture<PlainRing>
{
    public const string Name = "one plain node";
}
