using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>
/// A request of the driver itself: preparing, topology, heartbeats. What awaits it runs on the reader's thread, so it must be short driver
/// code; then such a chain needs no thread-pool thread and goes on while all of them are blocked.
/// </summary>
internal sealed class InternalRequest : PendingRequest
{
    private readonly TaskCompletionSource<InternalResponse> _source = new();
    private readonly string _what;
    private readonly RequestClock _clock;
    private readonly long _started;
    private readonly TimeSpan _allowed;

    private InternalRequest(string what, RequestClock clock, long deadline)
    {
        _what = what;
        _clock = clock;
        _started = clock.Now;
        _allowed = TimeSpan.FromMilliseconds(Math.Max(0, deadline - _started));
    }

    internal override bool CompletesInline => true;

    internal override bool IsUrgent => true;

    /// <summary>Sends one request over one connection and waits for its answer.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="opcode">What it is.</param>
    /// <param name="writeBody">Writes the body.</param>
    /// <param name="state">Given to <paramref name="writeBody"/>.</param>
    /// <param name="deadline">When to give up, in milliseconds of the cluster's clock.</param>
    /// <param name="what">What the request is for, for messages.</param>
    internal static Task<InternalResponse> SendAsync<TState>(
        CqlConnection connection, Opcode opcode, Action<CqlWriter, ProtocolVersion, TState> writeBody, TState state, long deadline, string what)
    {
        var request = new InternalRequest(what, connection.Clock, deadline);
        var start = EnvelopeWriter.Begin(request.Envelope, connection.Version, opcode, tracing: false, payload: null);
        writeBody(request.Envelope, connection.Version, state);
        EnvelopeWriter.End(request.Envelope, start, connection.Compressor);
        request.Arm();
        switch (connection.TrySend(request, deadline))
        {
            case SendOutcome.Sent:
                break;
            case SendOutcome.Busy:
                request.Envelope.Dispose();
                request._source.TrySetException(new RequestThrottledException(connection.InFlight, 0, connection.InFlight));
                break;
            default:
                request.Envelope.Dispose();
                request._source.TrySetException(
                    new ConnectionClosedException(connection.EndPoint, connection.BreakReason ?? new ConnectionRetiredException(), requestHadLeft: false));
                break;
        }

        return request._source.Task;
    }

    internal override void Complete()
    {
        Envelope.Dispose();
        _source.TrySetResult(new InternalResponse(ResponseHeader, TakeBody(), Connection!));
    }

    internal override void Fail(Exception reason)
    {
        Envelope.Dispose();
        _source.TrySetException(reason);
    }

    internal override Exception CreateTimeout() => new OperationTimedOutException(
        _allowed, [new AttemptInfo(Connection!.EndPoint, TimeSpan.FromMilliseconds(_clock.Now - _started), $"no answer to: {_what}")], mayHaveBeenApplied: false);
}

/// <summary>An answer to an <see cref="InternalRequest"/>; whoever receives it returns its body.</summary>
internal readonly struct InternalResponse(EnvelopeHeader header, PooledBody body, CqlConnection connection) : IDisposable
{
    internal EnvelopeHeader Header { get; } = header;

    internal PooledBody Body { get; } = body;

    internal CqlConnection Connection { get; } = connection;

    /// <summary>A cursor behind tracing id, warnings and payload.</summary>
    internal CqlReader Open(out ResponsePrefix prefix)
    {
        var reader = new CqlReader(Body.Span);
        prefix = ResponsePrefix.Read(Header, ref reader);
        return reader;
    }

    /// <summary>Throws what an ERROR says; returns for everything else.</summary>
    internal void ThrowIfError()
    {
        if (Header.Opcode == Opcode.Error)
        {
            var reader = Open(out var prefix);
            throw ErrorResponse.Read(ref reader, Connection.Version).At(Connection.EndPoint, prefix.Warnings);
        }
    }

    public void Dispose() => Body.Return();
}
