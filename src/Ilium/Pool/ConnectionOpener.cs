using System.Net;
using System.Net.Sockets;
using Ilium.Connection;
using Ilium.Errors;

namespace Ilium.Pool;

/// <summary>
/// Opens connections, each on a thread of its own, which then reads it or hands it to a reader. Nothing here needs the thread pool, so a
/// synchronous caller gets its connection although every pool thread is blocked.
/// </summary>
internal sealed class ConnectionOpener(ClusterOptions options, RequestClock clock, Overseer overseer, Readers readers, DriverIdentity identity)
{
    internal ClusterOptions Options => options;

    /// <summary>Connects, negotiates nothing but the given version, authenticates, and starts reading.</summary>
    /// <param name="target">A node's address or a contact name; names are resolved anew each time.</param>
    /// <param name="version">The version to speak.</param>
    /// <param name="keyspace">Selected on the connection (v3 and v4); null for none.</param>
    /// <param name="owner">Hears of the connection's life.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="role">What the connection is for, in its thread's name.</param>
    /// <param name="dial">Where to connect to instead, and from which port, to reach a shard; null for the target itself.</param>
    /// <param name="begun">Gets the result before the attempt begins, when it can't have ended yet.</param>
    internal Task<CqlConnection> OpenAsync(
        EndPoint target, ProtocolVersion version, string? keyspace, ConnectionOwner owner, CancellationToken cancellationToken,
        Action<Task<CqlConnection>>? begun = null, string role = "reader", ShardDial? dial = null)
    {
        // Continuations are the driver's own; they run on the new reader before it reads on.
        var source = new TaskCompletionSource<CqlConnection>();
        var thread = new Thread(() => Open(target, dial, version, keyspace, owner, source, cancellationToken))
        {
            IsBackground = true,
            Name = $"Ilium {role} {EndPointText.Format(target)}",
        };
        begun?.Invoke(source.Task);
        thread.UnsafeStart();
        return source.Task;
    }

    private void Open(
        EndPoint target, ShardDial? dial, ProtocolVersion version, string? keyspace, ConnectionOwner owner, TaskCompletionSource<CqlConnection> source,
        CancellationToken cancellationToken)
    {
        CqlConnection connection;
        ConnectionSetup? setup = null;
        try
        {
            setup = Connect(target, dial, version, keyspace, cancellationToken);
            connection = new CqlConnection(setup, owner, overseer, clock);
        }
        catch (Exception e)
        {
            // The cluster was disposed while this connected: nobody else closes what is open.
            setup?.Transport.Close();
            setup?.Frames.Dispose();
            source.SetException(e);
            return;
        }

        source.SetResult(connection);
        readers.Read(connection);
    }

    private ConnectionSetup Connect(EndPoint target, ShardDial? dial, ProtocolVersion version, string? keyspace, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Transport? transport = null;
        try
        {
            transport = dial is null
                ? options.TransportFactory.Connect(target, options, either.Token)
                : options.TransportFactory.Connect(dial.Address, dial.Ports, options, either.Token);
            using var closing = either.Token.UnsafeRegister(static state => ((Transport)state!).Close(), transport);
            var setup = new Handshake(transport, target, version, options, identity, either.Token).Run(keyspace);
            either.Token.ThrowIfCancellationRequested();
            return setup;
        }
        catch (Exception e) when (either.IsCancellationRequested)
        {
            transport?.Close();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ConnectionFailedException(
                target, ConnectionFailureReason.TimedOut,
                $"{EndPointText.Format(target)} did not finish the handshake within ClusterOptions.ConnectTimeout ({options.ConnectTimeout}). " +
                "Is it a Cassandra native port, and is TLS on at both ends or at neither?", e);
        }
        catch (Exception e)
        {
            transport?.Close();
            if (Explain(e, target) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    /// <summary>What ends a connection inside the handshake has a few usual causes; null where the exception says enough itself.</summary>
    private ConnectionFailedException? Explain(Exception reason, EndPoint target) => reason switch
    {
        IOException or SocketException => new ConnectionFailedException(
            target, ConnectionFailureReason.Closed,
            $"{EndPointText.Format(target)} ended the connection during the handshake ({reason.Message}). " +
            (target is SniEndPoint ? "Astra does so when it no longer takes the certificate of the bundle, or has no such node any more."
                : options.Tls is null ? "Does it expect TLS? Set ClusterOptions.Tls." : "Does it expect a client certificate? Set TlsOptions.ClientCertificates.") +
            " The server's log says more.",
            reason),
        MalformedResponseException => new ConnectionFailedException(
            target, ConnectionFailureReason.ProtocolMismatch,
            $"{EndPointText.Format(target)} does not answer like a Cassandra native port. {reason.Message}", reason),
        _ => null,
    };
}
