using System.Net;
using Ilium.Connection;

namespace Ilium.Embedded.Server;

/// <summary>The node's end of a connection within the process.</summary>
internal sealed class MemoryServerStream(MemoryPipe requests, MemoryPipe answers) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(Span<byte> buffer) => requests.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => requests.Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = answers.TryWrite(buffer);
            buffer = buffer[count..];
            if (count == 0)
            {
                answers.WaitWritable();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        requests.Close();
        answers.Close();
        base.Dispose(disposing);
    }
}

/// <summary>The driver's end of a connection within the process.</summary>
internal sealed class MemoryTransport(MemoryPipe requests, MemoryPipe answers, EndPoint node) : Transport
{
    internal override EndPoint? RemoteEndPoint => node;

    internal override int Receive(Span<byte> buffer, bool likely) => answers.Read(buffer);

    internal override int TrySend(ReadOnlySpan<byte> bytes) => requests.TryWrite(bytes);

    internal override void WaitWritable() => requests.WaitWritable();

    internal override void Close()
    {
        requests.Close();
        answers.Close();
    }
}

/// <summary>Connects to embedded nodes without a socket; to all other addresses as usual.</summary>
internal sealed class MemoryTransportFactory(Func<EndPoint, NodeServer?> find, TransportFactory others) : TransportFactory
{
    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken)
    {
        var server = find(target);
        return server is null ? others.Connect(target, options, cancellationToken) : server.ConnectInMemory(target);
    }
}
