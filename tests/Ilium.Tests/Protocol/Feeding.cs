using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

/// <summary>Plays the connection's receive loop: a receive buffer, arrivals of chosen sizes, and the decoder's fill target.</summary>
internal static class Feeding
{
    /// <summary>Everything at once, for streams that fit the buffer of a test.</summary>
    internal static int All(this FrameDecoder decoder, ReadOnlySpan<byte> stream, IEnvelopeSink sink) => decoder.Decode(stream, sink);

    /// <summary>
    /// At most <paramref name="size"/> bytes per arrival, as a socket might. Returns the bytes left unconsumed at the end.
    /// </summary>
    internal static int InPieces(this FrameDecoder decoder, ReadOnlySpan<byte> stream, int size, IEnvelopeSink sink)
    {
        var buffer = new byte[FrameDecoder.MaxLeftover + size];
        var held = 0;
        while (!stream.IsEmpty)
        {
            var target = decoder.FillTarget.Span;
            var direct = !target.IsEmpty;
            if (!direct)
            {
                target = buffer.AsSpan(held);
            }

            var count = Math.Min(Math.Min(size, target.Length), stream.Length);
            stream[..count].CopyTo(target);
            stream = stream[count..];
            if (direct)
            {
                decoder.Filled(count, sink);
                continue;
            }

            held += count;
            var consumed = decoder.Decode(buffer.AsSpan(0, held), sink);
            buffer.AsSpan(consumed, held - consumed).CopyTo(buffer);
            held -= consumed;
            Assert.True(held < FrameDecoder.MaxLeftover);
        }

        return held;
    }
}
