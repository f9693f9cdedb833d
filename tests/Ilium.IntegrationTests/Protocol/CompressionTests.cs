using System.Net;
using Ilium.Connection;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Protocol;

/// <summary>Small and large bodies both ways, in every version and compression that a real server takes.</summary>
[Collection(PlainRingCollection.Name)]
public class CompressionTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const int Large = 600_000;

    public static TheoryData<ProtocolVersion, Compression> Dialects => new()
    {
        { ProtocolVersion.V3, Compression.None }, { ProtocolVersion.V3, Compression.Lz4 }, { ProtocolVersion.V3, Compression.Snappy },
        { ProtocolVersion.V4, Compression.None }, { ProtocolVersion.V4, Compression.Lz4 }, { ProtocolVersion.V4, Compression.Snappy },
        { ProtocolVersion.V5, Compression.None }, { ProtocolVersion.V5, Compression.Lz4 },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Bodies_of_every_size_pass_both_ways_unchanged(ProtocolVersion version, Compression compression)
    {
        await using var cluster = new Cluster(await keyspace.OptionsAsync(version) with { Compression = compression });
        var (session, table) = await PrepareTableAsync(cluster, version);
        var insert = await session.PrepareAsync($"INSERT INTO {table} (k, v) VALUES (?, ?)", CqlText.Cancelled);
        var select = await session.PrepareAsync($"SELECT v FROM {table} WHERE k = ?", CqlText.Cancelled);
        var random = new Random(1);
        int[] sizes = [0, 1, 200, 255, 256, 300, 16_000, 131_000, 131_071, 131_100, Large, 2_000_000];
        for (var i = 0; i < sizes.Length; i++)
        {
            foreach (var compressible in new[] { true, false })
            {
                var value = new byte[sizes[i]];
                if (!compressible)
                {
                    random.NextBytes(value);
                }

                var key = (i * 2) + (compressible ? 1 : 0);
                await session.RunAsync(insert.Bind(key, value));
                Assert.Equal(value, (await session.RunAsync(select.Bind(key))).First().Get<byte[]>(0));
            }
        }

        // Many at once, small beside large: several envelopes share a segment, and large ones are cut.
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            var key = (i % sizes.Length) * 2;
            Assert.Equal(sizes[i % sizes.Length], (await session.RunAsync(select.Bind(key))).First().Get<byte[]>(0).Length);
        }));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task What_compresses_takes_fewer_bytes_on_the_wire_both_ways_and_only_then(ProtocolVersion version, Compression compression)
    {
        var transports = new CountingTransports();
        await using var cluster = new Cluster(
            await keyspace.OptionsAsync(version) with { Compression = compression, TransportFactory = transports, MaxConnectionsPerNode = 1 });
        var (session, table) = await PrepareTableAsync(cluster, version);
        var insert = await session.PrepareAsync($"INSERT INTO {table} (k, v) VALUES (?, ?)", CqlText.Cancelled);
        var select = await session.PrepareAsync($"SELECT v FROM {table} WHERE k = ?", CqlText.Cancelled);
        var (sent, received) = (transports.Sent, transports.Received);
        await session.RunAsync(insert.Bind(1, new byte[Large]));
        Assert.Equal(Large, (await session.RunAsync(select.Bind(1))).First().Get<byte[]>(0).Length);
        var range = compression == Compression.None ? (Least: Large, Most: Large + 10_000) : (Least: 1_000, Most: Large / 10);
        Assert.InRange(transports.Sent - sent, range.Least, range.Most);
        Assert.InRange(transports.Received - received, range.Least, range.Most);
    }

    private async Task<(Session Session, string Table)> PrepareTableAsync(Cluster cluster, ProtocolVersion version)
    {
        // The class's own session makes the keyspace.
        var table = await keyspace.TableAsync(await keyspace.SessionAsync(version), "k int PRIMARY KEY, v blob");
        return (await cluster.ConnectAsync(keyspace.Name, CqlText.Cancelled), table);
    }

    private sealed class CountingTransports : TransportFactory
    {
        private long _sent;
        private long _received;

        internal long Sent => Volatile.Read(ref _sent);

        internal long Received => Volatile.Read(ref _received);

        internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) =>
            new Counting(this, TransportConnector.Instance.Connect(target, options, cancellationToken));

        private sealed class Counting(CountingTransports owner, Transport inner) : Transport
        {
            internal override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

            internal override int Receive(Span<byte> buffer, bool likely)
            {
                var count = inner.Receive(buffer, likely);
                Interlocked.Add(ref owner._received, Math.Max(0, count));
                return count;
            }

            internal override int TrySend(ReadOnlySpan<byte> bytes)
            {
                var count = inner.TrySend(bytes);
                Interlocked.Add(ref owner._sent, count);
                return count;
            }

            internal override void WaitWritable() => inner.WaitWritable();

            internal override void Close() => inner.Close();
        }
    }
}
