using System.Net;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>Nodes that are reached at other addresses than the cluster's own.</summary>
public class AddressTranslatorTests
{
    [Fact]
    public async Task Nodes_are_reached_where_the_translator_says_and_events_name_them_by_their_own_address()
    {
        // The cluster calls its nodes 10.0.0.n, which this client reaches at 10.0.0.(n + 100).
        await using var ring = new TranslatedRing();
        var session = await ring.Ring.ConnectAsync();
        Assert.Equal([1, 2], await ring.Ring.AskAsync(session, 4));
        Assert.Equal([ScriptedRing.Address(1), ScriptedRing.Address(102)], ring.Ring.Cluster.Metadata.Nodes.Select(node => node.EndPoint));
        ring.Ring[2].Stop();
        await ring.Ring.Changes.NextAsync(NodeChange.Down, ring.Ring[2].HostId);
        ring.Ring[2].Start();
        ring.Ring.Tell("STATUS_CHANGE", "UP", ScriptedRing.Address(2));
        await ring.Ring.Changes.NextAsync(NodeChange.Up, ring.Ring[2].HostId);
    }

    [Fact]
    public async Task A_translator_that_fails_for_a_node_leaves_it_out()
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { AddressTranslator = new Failing() });
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 3], await ring.AskAsync(session, 4));
        Assert.Contains(ring.Logs.Of(102), line => line.Contains("10.0.0.2:9042 with InvalidOperationException: not this one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_translator_that_gives_null_leaves_the_node_out_and_that_is_said()
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { AddressTranslator = new Translating(address => address.Equals(ScriptedRing.Address(2)) ? null! : address) });
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 3], await ring.AskAsync(session, 4));
        Assert.Contains(
            ring.Logs.Of(102), line => line == "A row of the peers table was ignored: ClusterOptions.AddressTranslator gave no address (null) for 10.0.0.2:9042.");
    }

    [Fact]
    public async Task A_translator_that_fails_later_costs_no_node_that_is_known()
    {
        var fails = false;
        await using var ring = new ScriptedRing(
            3, new ClusterOptions { AddressTranslator = new Translating(address => Volatile.Read(ref fails) ? throw new InvalidOperationException("no names today") : address) });
        var session = await ring.ConnectAsync();
        Volatile.Write(ref fails, true);
        var nodes = ring.Cluster.Metadata.Nodes;
        await ring.Cluster.RefreshMetadataAsync(TestContext.Current.CancellationToken);
        Assert.Equal(nodes.ToHashSet(), ring.Cluster.Metadata.Nodes.ToHashSet());
        Assert.Equal([1, 2, 3], await ring.AskAsync(session, 9));
        Assert.DoesNotContain(ring.Changes.Left, static change => change.Change is NodeChange.Removed or NodeChange.Moved);
        Assert.Contains(ring.Logs.Of(102), static line => line.Contains("no names today The node stays at 10.0.0.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_translator_that_gives_one_address_for_all_makes_them_one_node()
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { AddressTranslator = new Translating(static _ => ScriptedRing.Address(1)) });
        var session = await ring.ConnectAsync();
        Assert.Equal([1], await ring.AskAsync(session, 4));
        Assert.Contains(ring.Logs.Of(102), line => line.EndsWith("have one address, 10.0.0.1:9042; the second is left out.", StringComparison.Ordinal));
    }

    private sealed class TranslatedRing : IAsyncDisposable
    {
        internal ScriptedRing Ring { get; } = new(2, new ClusterOptions { AddressTranslator = new Adding(), TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) })
        {
            Forward = address => address.Equals(ScriptedRing.Address(102)) ? ScriptedRing.Address(2) : address,
        };

        public ValueTask DisposeAsync() => Ring.DisposeAsync();
    }

    private sealed class Adding : AddressTranslator
    {
        public override EndPoint Translate(IPEndPoint address)
        {
            var bytes = address.Address.GetAddressBytes();
            bytes[3] += 100;
            return new IPEndPoint(new IPAddress(bytes), address.Port);
        }
    }

    private sealed class Translating(Func<IPEndPoint, EndPoint> translate) : AddressTranslator
    {
        public override EndPoint Translate(IPEndPoint address) => translate(address);
    }

    private sealed class Failing : AddressTranslator
    {
        public override EndPoint Translate(IPEndPoint address) =>
            address.Equals(ScriptedRing.Address(2)) ? throw new InvalidOperationException("not this one") : address;
    }
}
