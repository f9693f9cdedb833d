using System.Net;
using Ilium.Connection;

namespace Ilium.Tests.Execution;

/// <summary>Keeps what was sent over another transport, which may take it a few bytes at a time and sometimes not at all.</summary>
internal sealed class WatchedTransport(Transport inner, int mostBytes = int.MaxValue, int refusesEvery = 0) : Transport
{
    private readonly Lock _lock = new();
    private readonly List<byte> _sent = [];
    private int _attempts;
    private int _waits;

    internal override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Every byte so far.</summary>
    internal byte[] Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>How often the sender had to wait.</summary>
    internal int Waits => Volatile.Read(ref _waits);

    /// <summary>Set, every send fails with it.</summary>
    internal Exception? Fault { get; set; }

    internal override int Receive(Span<byte> buffer, bool likely) => inner.Receive(buffer, likely);

    internal override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        if (refusesEvery > 0 && Interlocked.Increment(ref _attempts) % refusesEvery == 0)
        {
            return 0;
        }

        var taken = bytes[..Math.Min(bytes.Length, mostBytes)];
        lock (_lock)
        {
            _sent.AddRange(taken);
        }

        return inner.TrySend(taken);
    }

    internal override void WaitWritable()
    {
        Interlocked.Increment(ref _waits);
        inner.WaitWritable();
    }

    internal override void Close() => inner.Close();
}
