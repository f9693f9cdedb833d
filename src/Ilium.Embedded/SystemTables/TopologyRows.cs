using System.Globalization;
using System.Net;
using Ilium.Embedded.Execution;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.SystemTables;

/// <summary><c>system.local</c>, <c>system.peers</c>, <c>system.peers_v2</c> and the other tables of a node about itself.</summary>
internal static class TopologyRows
{
    internal const string ReleaseVersion = "5.0.9";
    internal const int StoragePort = 7000;

    internal static void Write(SystemTableWriter writer, NodeEngine engine)
    {
        switch (writer.Table.Name)
        {
            case "local":
                WriteLocal(writer, engine);
                break;
            case "peers":
                foreach (var peer in Peers(engine))
                {
                    writer.Add(
                        ("peer", Address(peer.EndPoint.Address)),
                        ("data_center", ValueBytes.Text(peer.Datacenter)),
                        ("host_id", ValueBytes.Uuid(peer.HostId)),
                        ("rack", ValueBytes.Text(peer.Rack)),
                        ("release_version", ValueBytes.Text(ReleaseVersion)),
                        ("rpc_address", Address(peer.EndPoint.Address)),
                        ("schema_version", ValueBytes.Uuid(peer.SchemaVersion ?? engine.Database.Schema.Version)),
                        ("tokens", Tokens(peer)));
                }

                break;
            case "peers_v2":
                foreach (var peer in Peers(engine))
                {
                    // The storage port tells nodes apart that share an address.
                    writer.Add(
                        ("peer", Address(peer.EndPoint.Address)),
                        ("peer_port", ValueBytes.Int(StoragePort + engine.Database.Nodes.ToList().FindIndex(n => n.Server.Engine.Info == peer))),
                        ("data_center", ValueBytes.Text(peer.Datacenter)),
                        ("host_id", ValueBytes.Uuid(peer.HostId)),
                        ("native_address", Address(peer.EndPoint.Address)),
                        ("native_port", ValueBytes.Int(peer.EndPoint.Port)),
                        ("rack", ValueBytes.Text(peer.Rack)),
                        ("release_version", ValueBytes.Text(ReleaseVersion)),
                        ("schema_version", ValueBytes.Uuid(peer.SchemaVersion ?? engine.Database.Schema.Version)),
                        ("tokens", Tokens(peer)));
                }

                break;
            case "prepared_statements":
                foreach (var prepared in engine.Prepared)
                {
                    writer.Add(
                        ("prepared_id", prepared.Id),
                        ("logged_keyspace", prepared.Keyspace is null ? null : ValueBytes.Text(prepared.Keyspace)),
                        ("query_string", ValueBytes.Text(prepared.Text)));
                }

                break;
        }
    }

    private static void WriteLocal(SystemTableWriter writer, NodeEngine engine)
    {
        var info = engine.Info;
        writer.Add(
            ("key", ValueBytes.Text("local")),
            ("bootstrapped", ValueBytes.Text("COMPLETED")),
            ("broadcast_address", Address(info.EndPoint.Address)),
            ("broadcast_port", ValueBytes.Int(StoragePort)),
            ("cluster_name", ValueBytes.Text(engine.Database.ClusterName)),
            ("cql_version", ValueBytes.Text("3.4.7")),
            ("data_center", ValueBytes.Text(info.Datacenter)),
            ("gossip_generation", ValueBytes.Int((int)(engine.Database.Clock.NowMicroseconds() / 1_000_000))),
            ("host_id", ValueBytes.Uuid(info.HostId)),
            ("listen_address", Address(info.EndPoint.Address)),
            ("listen_port", ValueBytes.Int(StoragePort)),
            ("native_protocol_version", ValueBytes.Text("5")),
            ("partitioner", ValueBytes.Text("org.apache.cassandra.dht.Murmur3Partitioner")),
            ("rack", ValueBytes.Text(info.Rack)),
            ("release_version", ValueBytes.Text(ReleaseVersion)),
            ("rpc_address", Address(info.EndPoint.Address)),
            ("rpc_port", ValueBytes.Int(info.EndPoint.Port)),
            ("schema_version", ValueBytes.Uuid(info.SchemaVersion ?? engine.Database.Schema.Version)),
            ("tokens", Tokens(info)));
    }

    private static IEnumerable<NodeInfo> Peers(NodeEngine engine) => engine.Database.Nodes.Select(n => n.Server.Engine.Info).Where(i => i != engine.Info);

    private static byte[] Address(IPAddress address) => address.GetAddressBytes();

    private static byte[] Tokens(NodeInfo info) =>
        ValueParts.Sequence(ValueParts.SortedSet(CqlType.Text, [.. info.Tokens.Select(t => ValueBytes.Text(t.ToString(CultureInfo.InvariantCulture)))]));
}
