namespace Ilium.Connection;

/// <summary>Any duplex stream, read and written synchronously: how tests put a scripted server under a connection.</summary>
internal sealed class StreamTransport : Transport
{
    private readonly Stream _stream;

    internal StreamTransport(Stream stream)
    {
        _stream = stream;
    }

    internal override int Receive(Span<byte> buffer, bool likely) => _stream.Read(buffer);

    internal override int TrySend(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        return bytes.Length;
    }

    internal override void WaitWritable()
    {
    }

    internal override void Close() => _stream.Dispose();
}
