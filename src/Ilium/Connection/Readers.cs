using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>Which thread reads which connection: sockets share readers, and a reader that is hardly ever done gives half of its connections to a new one.</summary>
/// <remarks>Threads: any. Ownership: none; a reader ends with the last of its connections.</remarks>
internal sealed class Readers
{
    // Waiting for sockets costs a little for each of them.
    private const int MostSockets = 64;

    private readonly Overseer _overseer;
    private readonly int _most;
    private readonly Lock _gate = new();
    private readonly List<SharedReader> _shared = [];

    /// <param name="overseer">Looks after the readers.</param>
    /// <param name="processors">Of the machine: more readers than half of them wait for each other and for the servers.</param>
    internal Readers(Overseer overseer, int processors)
    {
        _overseer = overseer;
        _most = Math.Max(1, processors / 2);
    }

    /// <summary>Reads the connection on the calling thread until it ends, or hands it to a reader and returns.</summary>
    internal void Read(CqlConnection connection)
    {
        if (connection.Socket is null)
        {
            ReadAlone(connection);
            return;
        }

        ReaderLoop? begun;
        try
        {
            begun = Place(connection);
        }
        catch (SocketException)
        {
            // No datagrams on this machine, not even to oneself: a reader that sleeps could not be told of more connections.
            ReadAlone(connection);
            return;
        }

        if (begun is not null)
        {
            // It was named after the node it connected to.
            Thread.CurrentThread.Name = ReaderLoop.ThreadName;
            begun.Run();
        }
    }

    /// <summary>Gives connections of a reader to a new one; false when there are as many as there should be. By the holder of that reader's role.</summary>
    internal bool TryMove(IReadOnlyCollection<CqlConnection> connections)
    {
        ReaderLoop begun;
        lock (_gate)
        {
            if (Existing().Count >= _most)
            {
                return false;
            }

            try
            {
                begun = Begin(connections);
            }
            catch (SocketException)
            {
                return false;
            }
        }

        new Thread(begun.Run) { IsBackground = true, Name = ReaderLoop.ThreadName }.UnsafeStart();
        return true;
    }

    private void ReadAlone(CqlConnection connection)
    {
        connection.Reader = new ReaderLoop(new BlockingSource(connection), _overseer);
        connection.Reader.Run();
    }

    /// <summary>Hands a connection to a reader that has room for it, or else to a new one, which is returned and which somebody must run.</summary>
    private ReaderLoop? Place(CqlConnection connection)
    {
        lock (_gate)
        {
            var readers = Existing();
            foreach (var (loop, source) in readers.OrderBy(static reader => reader.Source.Count))
            {
                if (source.Count < MostSockets && (!source.IsSaturated || readers.Count >= _most))
                {
                    connection.Reader = loop;
                    if (source.TryAdd(connection))
                    {
                        return null;
                    }
                }
            }

            return Begin([connection]);
        }
    }

    private List<SharedReader> Existing()
    {
        _shared.RemoveAll(static reader => reader.Source.HasEnded);
        return _shared;
    }

    private ReaderLoop Begin(IReadOnlyCollection<CqlConnection> connections)
    {
        var source = new SocketSource(this);
        var loop = new ReaderLoop(source, _overseer);
        foreach (var connection in connections)
        {
            connection.Reader = loop;
            source.TryAdd(connection);
        }

        _shared.Add(new SharedReader(loop, source));
        return loop;
    }

    private readonly record struct SharedReader(ReaderLoop Loop, SocketSource Source);
}
