using System.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// Splits received bytes into envelopes. What is complete inside the receive buffer is handed on in place; what is large and incomplete
/// is gathered in an array of its own, which the receiver may fill directly.
/// </summary>
/// <remarks>
/// Threads: one at a time, the connection's reader. After an exception the connection must be closed: the decoder has lost its place.
/// <para>
/// The reader's loop: receive into <see cref="FillTarget"/> when it is not empty and call <see cref="Filled"/>; otherwise receive into the
/// receive buffer behind what is left there, call <see cref="Decode"/> and move the bytes it did not consume (fewer than
/// <see cref="MaxLeftover"/>) to the front.
/// </para>
/// </remarks>
internal abstract class FrameDecoder : IDisposable
{
    /// <summary>Cassandra's own limit (native_transport_max_frame_size) was never above this by default.</summary>
    internal const int DefaultMaxBodyLength = 256 * 1024 * 1024;

    /// <summary>Incomplete envelopes and segments below this size wait in the receive buffer, which must hold at least as much.</summary>
    internal const int MaxLeftover = 16 * 1024;

    // For less than this a receive of its own costs more than copying the bytes.
    private const int SmallestDirectFill = 4 * 1024;

    private byte[]? _gathered;
    private bool _gatheredIsLent;
    private int _gatheredStart;
    private int _gatheredFilled;
    private int _gatheredEnd;

    /// <summary>Where the receiver should put the next bytes, instead of its receive buffer; empty if it should not.</summary>
    internal Memory<byte> FillTarget => _gathered is not null && _gatheredEnd - _gatheredFilled >= SmallestDirectFill
        ? _gathered.AsMemory(_gatheredFilled, _gatheredEnd - _gatheredFilled)
        : default;

    /// <summary>Says that <paramref name="count"/> bytes were received into the start of <see cref="FillTarget"/>.</summary>
    internal void Filled(int count, IEnvelopeSink sink)
    {
        _gatheredFilled += count;
        if (_gatheredFilled == _gatheredEnd)
        {
            FinishGathering(sink);
        }
    }

    /// <summary>Hands every whole envelope in <paramref name="received"/> to <paramref name="sink"/>; returns the bytes consumed.</summary>
    internal int Decode(ReadOnlySpan<byte> received, IEnvelopeSink sink)
    {
        var consumed = 0;
        while (true)
        {
            if (_gathered is not null)
            {
                var count = Math.Min(_gatheredEnd - _gatheredFilled, received.Length - consumed);
                received.Slice(consumed, count).CopyTo(_gathered.AsSpan(_gatheredFilled));
                consumed += count;
                Filled(count, sink);
                if (_gathered is not null)
                {
                    return consumed;
                }
            }

            consumed += DecodeWhole(received[consumed..], sink);
            if (_gathered is null)
            {
                return consumed;
            }
        }
    }

    /// <summary>Gives back what was being gathered. Not while the reader is inside one of the other methods.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Decodes until the bytes run out or <see cref="Gather"/> was called; returns the bytes consumed.</summary>
    protected abstract int DecodeWhole(ReadOnlySpan<byte> received, IEnvelopeSink sink);

    /// <summary>The bytes asked for with <see cref="Gather"/> are there. The array now belongs to the callee.</summary>
    protected abstract void OnGathered(byte[] pooledArray, int length, IEnvelopeSink sink);

    /// <summary>The bytes asked for with <see cref="GatherInto"/> are there.</summary>
    protected abstract void OnGatheredInto(ReadOnlySpan<byte> bytes, IEnvelopeSink sink);

    /// <summary>Asks for the next <paramref name="length"/> bytes of the stream in one pooled array.</summary>
    protected void Gather(int length)
    {
        GatherInto(ArrayPool<byte>.Shared.Rent(length), 0, length);
        _gatheredIsLent = false;
    }

    /// <summary>Asks for the next <paramref name="length"/> bytes of the stream in a place of an array that stays the caller's.</summary>
    protected void GatherInto(byte[] array, int start, int length)
    {
        _gathered = array;
        _gatheredIsLent = true;
        _gatheredStart = start;
        _gatheredFilled = start;
        _gatheredEnd = start + length;
    }

    protected virtual void Dispose(bool disposing)
    {
        var array = _gathered;
        _gathered = null;
        if (array is not null && !_gatheredIsLent)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void FinishGathering(IEnvelopeSink sink)
    {
        var array = _gathered!;
        _gathered = null;
        if (_gatheredIsLent)
        {
            OnGatheredInto(array.AsSpan(_gatheredStart, _gatheredEnd - _gatheredStart), sink);
        }
        else
        {
            OnGathered(array, _gatheredEnd, sink);
        }
    }
}
