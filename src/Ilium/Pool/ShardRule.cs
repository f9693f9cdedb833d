using System.Net;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Pool;

/// <summary>
/// Sees to it that a pool has a connection to each shard of a ScyllaDB node: says where and from which port the next is to be opened, and which ones are too many.
/// </summary>
/// <remarks>Threads: inside the pool's gate, except for <see cref="Sharding"/>.</remarks>
internal sealed class ShardRule(TimeProvider time, bool usesTls)
{
    /// <summary>How long the shard-aware port is left alone after it did not do what it is for: something on the way changes ports, or keeps it closed.</summary>
    internal static readonly TimeSpan PortPause = TimeSpan.FromMinutes(5);

    // Through the usual port the server chooses the shard, in turn: so many surplus connections for each missing one, and it is given up until one is lost.
    private const int MissesPerShard = 4;

    private Sharding? _sharding;
    private long _portFailed;
    private int _misses;

    /// <summary>Null for a node without shards.</summary>
    internal Sharding? Sharding => Volatile.Read(ref _sharding);

    /// <summary>How the next connection is to be opened; null in the usual way.</summary>
    internal ShardDial? Next(EndPoint target, IReadOnlyList<CqlConnection> connections)
    {
        // The first connection shows that the node is there at all.
        if (connections.Count == 0 || _sharding is not { } sharding || (usesTls ? sharding.TlsPort : sharding.Port) is not { } port || IsPortPaused || Missing(connections) is not { } shard)
        {
            return null;
        }

        EndPoint? address = target switch
        {
            IPEndPoint ip => new IPEndPoint(ip.Address, port),
            DnsEndPoint name => new DnsEndPoint(name.Host, port),
            _ => null,
        };
        return address is null ? null : new ShardDial(address, new SourcePorts(shard, sharding.Count));
    }

    /// <summary>True while it is worth opening more.</summary>
    internal bool WantsMore(IReadOnlyList<CqlConnection> connections) =>
        _sharding is { } sharding && _misses < MissesPerShard * sharding.Count && Missing(connections) is not null;

    /// <summary>A connection was opened.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="dial">How.</param>
    /// <param name="connections">Those there are already.</param>
    /// <returns>False when its shard has one.</returns>
    internal bool Accepts(CqlConnection connection, ShardDial? dial, IReadOnlyList<CqlConnection> connections)
    {
        var sharding = connection.Extensions.Sharding;
        if (sharding?.Count != _sharding?.Count)
        {
            _misses = 0;
        }

        Volatile.Write(ref _sharding, sharding);
        if (dial is not null && sharding?.Shard != dial.Ports.Remainder)
        {
            PortFailed();
        }

        if (sharding is null || !connections.Any(other => other.IsOpen && other.Extensions.Sharding?.Shard == sharding.Shard))
        {
            _misses = 0;
            return true;
        }

        _misses++;
        return false;
    }

    /// <summary>The shard-aware port does not answer, or leads to other shards than it should.</summary>
    internal void PortFailed() => _portFailed = time.GetTimestamp();

    /// <summary>A connection was lost: its shard is looked for again.</summary>
    internal void Lost() => _misses = 0;

    private bool IsPortPaused => _portFailed != 0 && time.GetElapsedTime(_portFailed) < PortPause;

    private int? Missing(IReadOnlyList<CqlConnection> connections)
    {
        for (var shard = 0; shard < _sharding!.Count; shard++)
        {
            if (!connections.Any(connection => connection.Extensions.Sharding?.Shard == shard))
            {
                return shard;
            }
        }

        return null;
    }
}

/// <summary>How to reach a shard.</summary>
/// <param name="Address">The node's shard-aware port.</param>
/// <param name="Ports">The client's ports that mean the shard.</param>
internal sealed record ShardDial(EndPoint Address, SourcePorts Ports);
