using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Tests.Protocol;

namespace Ilium.Tests.Connection;

public class FrameReaderTests
{
    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void A_stream_of_pages_is_taken_in_large_pieces_and_arrives_whole(ProtocolVersion version)
    {
        var bodies = Enumerable.Range(0, 40).Select(i => Wire.Noise(300_000 + (i * 1_001), seed: i)).ToArray();
        using var stream = Answers(version, bodies);
        var transport = new StreamedTransport(stream.WrittenSpan.ToArray());
        var sink = new RecordingSink();
        using var reader = Reader(version, transport);

        var wasLarge = false;
        while (reader.Read(sink, likely: false))
        {
            wasLarge |= reader.IsLarge;
            Assert.Equal(transport.Reads[^1].Count == transport.Reads[^1].Room, reader.HasMore);
        }

        Assert.True(wasLarge);
        AssertSame(bodies, sink);
        Assert.True(transport.LargestRead > FrameReader.UsualSize);
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void Small_answers_after_large_ones_give_the_large_buffer_back(ProtocolVersion version)
    {
        byte[][] bodies = [.. Enumerable.Range(0, 6).Select(i => Wire.Noise(200_000, i)), .. Enumerable.Range(0, 2 * FrameReader.SmallReadsBeforeShrinking).Select(i => Wire.Noise(50, i))];
        using var stream = Answers(version, bodies);
        var transport = new StreamedTransport(stream.WrittenSpan.ToArray());
        var sink = new RecordingSink();
        using var reader = Reader(version, transport);
        while (!reader.IsLarge)
        {
            Assert.True(reader.Read(sink, likely: false));
        }

        // From here on small pieces come, so that the switch happens with part of an answer in the buffer.
        transport.MostPerRead = 100;
        var large = reader.IsLarge;
        while (reader.Read(sink, likely: false))
        {
            large = reader.IsLarge;
        }

        Assert.False(large);
        AssertSame(bodies, sink);
    }

    [Fact]
    public void Bytes_are_waited_for_only_when_the_last_read_had_room_left()
    {
        var body = Wire.Noise(1_000_000);
        using var stream = Answers(ProtocolVersion.V5, [body, Wire.Noise(10)]);
        var transport = new StreamedTransport(stream.WrittenSpan.ToArray());
        var sink = new RecordingSink();
        using var reader = Reader(ProtocolVersion.V5, transport);

        while (reader.Read(sink, likely: false))
        {
        }

        Assert.Equal(2, sink.Envelopes.Count);
        Assert.False(transport.Reads[0].Likely);
        for (var i = 1; i < transport.Reads.Count; i++)
        {
            var before = transport.Reads[i - 1];
            Assert.Equal(before.Count == before.Room, transport.Reads[i].Likely);
        }
    }

    /// <summary>Compares whole arrays: byte by byte, as the assertions do it, takes seconds for megabytes.</summary>
    private static void AssertSame(byte[][] bodies, RecordingSink sink)
    {
        Assert.Equal(bodies.Length, sink.Envelopes.Count);
        for (var i = 0; i < bodies.Length; i++)
        {
            Assert.True(bodies[i].AsSpan().SequenceEqual(sink.Envelopes[i].Body), $"Envelope {i} of {bodies[i].Length} bytes differs.");
        }
    }

    private static FrameReader Reader(ProtocolVersion version, Transport transport) => new(
        transport,
        version == ProtocolVersion.V5 ? new SegmentDecoder(version, compressed: false) : new EnvelopeDecoder(version));

    private static CqlWriter Answers(ProtocolVersion version, byte[][] bodies)
    {
        var writer = new CqlWriter();
        for (var i = 0; i < bodies.Length; i++)
        {
            var envelope = Wire.Envelope(version, (short)i, Opcode.Result, bodies[i]);
            if (version == ProtocolVersion.V5)
            {
                SegmentWriter.Write(writer, envelope, compressed: false);
            }
            else
            {
                writer.WriteRaw(envelope);
            }
        }

        return writer;
    }

    /// <summary>Bytes that are all there from the start; then the end of the stream.</summary>
    private sealed class StreamedTransport(byte[] bytes) : Transport
    {
        private int _position;

        internal int MostPerRead { get; set; } = int.MaxValue;

        internal int LargestRead => Reads.Max(read => read.Count);

        internal List<(int Room, int Count, bool Likely)> Reads { get; } = [];

        internal override int Receive(Span<byte> buffer, bool likely)
        {
            var count = Math.Min(Math.Min(buffer.Length, MostPerRead), bytes.Length - _position);
            bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            Reads.Add((buffer.Length, count, likely));
            return count;
        }

        internal override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        internal override void WaitWritable()
        {
        }

        internal override void Close()
        {
        }
    }
}
