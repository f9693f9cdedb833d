using System.Net.Sockets;
using Ilium.TestKit;

namespace Ilium.Tests.TestKit;

public class DuplexStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void What_one_end_writes_the_other_reads_in_order_over_growth_and_wrap_around()
    {
        var (client, server) = DuplexStream.CreatePair();
        var sent = new byte[5000];
        new Random(7).NextBytes(sent);
        var received = new List<byte>();
        var buffer = new byte[90];
        for (var at = 0; at < sent.Length; at += 100)
        {
            client.Write(sent.AsSpan(at, 100));
            received.AddRange(buffer[..server.Read(buffer)]);
        }

        while (received.Count < sent.Length)
        {
            received.AddRange(buffer[..server.Read(buffer)]);
        }

        Assert.Equal(sent, received);
        Assert.Equal(5000, client.BytesWritten);
        Assert.Equal(5000, server.BytesRead);
        Assert.Equal(0, server.Available);
    }

    [Fact]
    public void Reads_are_cut_at_the_configured_size()
    {
        var (client, server) = DuplexStream.CreatePair(new DuplexOptions { ServerMaxBytesPerRead = 1 });
        client.Write([1, 2, 3]);
        var buffer = new byte[10];
        Assert.Equal(1, server.Read(buffer));
        Assert.Equal(1, buffer[0]);
        server.MaxBytesPerRead = 10;
        Assert.Equal(2, server.Read(buffer));
        Assert.Equal([2, 3], buffer[..2]);
    }

    [Fact]
    public async Task A_blocked_synchronous_read_wakes_when_bytes_come()
    {
        var (client, server) = DuplexStream.CreatePair();
        var read = OnThread(() => client.ReadByte());
        await client.WhenReadBlocksAsync(Cancelled);
        Assert.False(read.IsCompleted);
        await server.WriteAsync(new byte[] { 42 }, Cancelled);
        Assert.Equal(42, await read);
    }

    [Fact]
    public async Task A_waiting_asynchronous_read_wakes_when_bytes_come_and_can_be_cancelled()
    {
        var (client, server) = DuplexStream.CreatePair();
        var buffer = new byte[4];
        var read = client.ReadAsync(buffer, Cancelled);
        Assert.False(read.IsCompleted);
        server.Write([9]);
        Assert.Equal(1, await read);

        using var cancellation = new CancellationTokenSource();
        var cancelled = client.ReadAsync(buffer, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        server.Write([8]);
        Assert.Equal(1, await client.ReadAsync(buffer, Cancelled));
        Assert.Equal(8, buffer[0]);
    }

    [Fact]
    public async Task A_full_stream_blocks_a_synchronous_write_until_the_other_end_reads()
    {
        var (client, server) = DuplexStream.CreatePair(new DuplexOptions { ClientToServerCapacity = 4 });
        var write = OnThread(() =>
        {
            client.Write([1, 2, 3, 4, 5, 6]);
            return 0;
        });
        await client.WhenWriteBlocksAsync(Cancelled);
        Assert.Equal(4, client.BytesWritten);
        Assert.False(write.IsCompleted);
        var buffer = new byte[6];
        server.ReadExactly(buffer);
        await write;
        Assert.Equal([1, 2, 3, 4, 5, 6], buffer);
    }

    [Fact]
    public async Task A_full_stream_holds_an_asynchronous_write_until_the_other_end_reads()
    {
        var (client, server) = DuplexStream.CreatePair(new DuplexOptions { ClientToServerCapacity = 2 });
        var write = client.WriteAsync(new byte[] { 1, 2, 3 }, Cancelled).AsTask();
        Assert.False(write.IsCompleted);
        var buffer = new byte[3];
        await server.ReadExactlyAsync(buffer, Cancelled);
        await write;
        Assert.Equal([1, 2, 3], buffer);
    }

    [Fact]
    public void Timeouts_of_blocked_calls_are_io_exceptions_of_a_timed_out_socket()
    {
        var (client, _) = DuplexStream.CreatePair(new DuplexOptions { ClientToServerCapacity = 1 });
        client.ReadTimeout = 1;
        client.WriteTimeout = 1;
        var read = Assert.Throws<IOException>(() => client.ReadByte());
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(read.InnerException).SocketErrorCode);
        var write = Assert.Throws<IOException>(() => client.Write([1, 2]));
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(write.InnerException).SocketErrorCode);
    }

    [Fact]
    public void After_a_half_close_the_rest_is_read_then_the_end_and_the_other_direction_lives()
    {
        var (client, server) = DuplexStream.CreatePair();
        client.Write([1]);
        client.CompleteWrites();
        Assert.Equal(1, server.ReadByte());
        Assert.Equal(-1, server.ReadByte());
        server.Write([2]);
        Assert.Equal(2, client.ReadByte());
        Assert.Throws<IOException>(() => client.Write([3]));
    }

    [Fact]
    public void Closing_one_end_gives_the_other_what_was_sent_then_the_end_and_fails_its_writes()
    {
        var (client, server) = DuplexStream.CreatePair();
        server.Write([5]);
        server.Dispose();
        Assert.Equal(5, client.ReadByte());
        Assert.Equal(-1, client.ReadByte());
        Assert.Throws<IOException>(() => client.Write([1]));
        Assert.Throws<ObjectDisposedException>(() => server.ReadByte());
    }

    [Fact]
    public async Task Closing_an_end_wakes_its_own_blocked_read()
    {
        var (client, _) = DuplexStream.CreatePair();
        var read = OnThread(() => client.ReadByte());
        await client.WhenReadBlocksAsync(Cancelled);
        await client.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => read);
    }

    [Fact]
    public async Task Closing_the_reader_wakes_the_writer_that_waits_for_it()
    {
        var (client, server) = DuplexStream.CreatePair(new DuplexOptions { ClientToServerCapacity = 1 });
        var write = client.WriteAsync(new byte[] { 1, 2 }, Cancelled).AsTask();
        server.CompleteReads();
        await Assert.ThrowsAsync<IOException>(() => write);
    }

    [Fact]
    public void An_abort_loses_what_was_buffered_and_fails_both_ends()
    {
        var (client, server) = DuplexStream.CreatePair();
        server.Write([1, 2, 3]);
        server.Abort();
        var read = Assert.Throws<IOException>(() => client.ReadByte());
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(read.InnerException).SocketErrorCode);
        Assert.Throws<IOException>(() => client.Write([1]));
        Assert.Throws<IOException>(() => server.ReadByte());
    }

    private static Task<int> OnThread(Func<int> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
