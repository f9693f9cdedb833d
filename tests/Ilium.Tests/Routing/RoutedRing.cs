using System.Globalization;
using System.Net;
using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.Tests.Routing;

/// <summary>A scripted ring whose nodes are evenly spread over the tokens and know a table, in a keyspace that is replicated.</summary>
internal sealed class RoutedRing : IAsyncDisposable
{
    internal const string Read = "SELECT v FROM t WHERE k = ?";
    internal const string Write = "UPDATE t SET v = ? WHERE k = ?";
    internal const string Conditional = "UPDATE t SET v = ? WHERE k = ? IF v = ?";
    internal const string TwoKeys = "SELECT v FROM two WHERE b = ? AND a = ?";

    private static readonly ColumnSpec Key = new("k", TypeBytes.Int);
    private static readonly ColumnSpec Value = new("v", TypeBytes.Int);

    internal RoutedRing(
        int nodes, ClusterOptions? options = null, Func<int, (string Datacenter, string Rack)>? place = null, params (string Datacenter, int Factor)[] replication)
    {
        Count = nodes;
        Ring = new ScriptedRing(nodes, options, place, number => [PlanModel.TokenOf(number - 1, nodes).ToString(CultureInfo.InvariantCulture)]);
        var map = PlanModel.Network(replication.Length == 0 ? [("dc1", 1)] : replication);
        for (var i = 1; i <= nodes; i++)
        {
            var server = Ring[i].Server;
            server.Keyspaces = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["ks"] = map };
            server.Define(Read, new ServerStatement { Bind = [Key], Result = [Value], Rows = [[ValueBytes.Int(i)]], PartitionKey = [0] });
            server.Define(Write, new ServerStatement { Bind = [Value, Key], PartitionKey = [1] });
            server.Define(Conditional, new ServerStatement { Bind = [Value, Key, Value], PartitionKey = [1] });
            server.Define(TwoKeys, new ServerStatement
            {
                Bind = [new("b", TypeBytes.Text, Table: "two"), new("a", TypeBytes.Int, Table: "two")],
                Result = [Value],
                PartitionKey = [1, 0],
            });
        }
    }

    internal ScriptedRing Ring { get; }

    internal Cluster Cluster => Ring.Cluster;

    internal int Count { get; }

    internal static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The number of the node that owns a key of one int.</summary>
    internal int OwnerOf(int key) => OwnerOf(Cluster.Metadata.GetToken(RoutingKey.FromComponents(ValueBytes.Int(key))));

    internal int OwnerOf(Token token)
    {
        for (var number = 1; number < Count; number++)
        {
            if (token <= Token.FromMurmur3(PlanModel.TokenOf(number - 1, Count)))
            {
                return number;
            }
        }

        return Count;
    }

    /// <summary>A key that a node owns.</summary>
    internal int KeyOf(int node) => Enumerable.Range(0, 10_000).First(key => OwnerOf(key) == node);

    internal static int NumberOf(RowSet rows) => ((IPEndPoint)rows.Info.Node!).Address.GetAddressBytes()[3];

    internal static int NumberOf(Node node) => ((IPEndPoint)node.EndPoint).Address.GetAddressBytes()[3];

    internal async Task<int> AskAsync(Session session, Statement statement, ExecutionOptions? options = null)
    {
        using var rows = await session.ExecuteAsync(statement, options, Cancelled);
        return NumberOf(rows);
    }

    /// <summary>Prepares a statement and waits until every node has: no node has work of the driver's own after that.</summary>
    internal async Task<PreparedStatement> PrepareEverywhereAsync(Session session, string cql)
    {
        var statement = await session.PrepareAsync(cql, Cancelled);
        foreach (var node in Cluster.Metadata.Nodes.Where(static node => node.Distance != NodeDistance.Ignored))
        {
            await Ring[NumberOf(node)].Server.WaitForAsync(request => request.Is(WireOpcode.Prepare) && request.Cql == cql, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => node.InFlight == 0, TimeSpan.FromSeconds(10)));
        }

        return statement;
    }

    /// <summary>Holds the users' requests of one node.</summary>
    internal HeldRequests Hold(int node) => Ring[node].Server.Hold(static request => request.Is(WireOpcode.Execute) && request.Cql == Read);

    public ValueTask DisposeAsync() => Ring.DisposeAsync();
}
