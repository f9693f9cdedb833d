using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ilium.Buffers;
using Ilium.Rows;

namespace Ilium;

/// <summary>
/// One page of a result: its rows, its columns, and where the next page begins. Statements that return no rows give an empty one.
/// </summary>
/// <remarks>
/// Rows are decoded from the received bytes when they are read. They stay valid as long as they are held; disposing the set ends that and
/// hands its memory to the next request, which is worth doing on hot paths and costs nothing to leave out. Reading from several threads
/// is safe; disposing while another thread reads is not.
/// </remarks>
public sealed class RowSet : IReadOnlyCollection<Row>, IDisposable
{
    private readonly RowDecoder _decoder;
    private readonly BodyPool? _pool;
    private readonly int _rowsStart;

    // Never beyond the array: reading a cell relies on it.
    private readonly int _end;
    private byte[]? _array;

    // Where the column after the last one read begins: low bits of the row's start (20) | ordinal (12) | place in the page (32). One word, so
    // that threads that read at once see each other's hints whole or not at all. A row whose start has the same low bits is a megabyte away,
    // and a place is remembered only within a megabyte of its row.
    private const int LengthSize = sizeof(int);
    private const int OrdinalBits = 12;
    private const int MaxOrdinal = (1 << OrdinalBits) - 1;
    private const int Reach = 1 << (32 - OrdinalBits);

    private long _hint = -1;

    internal RowSet(PooledBody body, RowDecoder decoder, int rowsStart, int rowCount)
    {
        (_array, _pool, _end) = (body.Array, body.Pool, body.Span.Length + body.Offset);
        _decoder = decoder;
        _rowsStart = body.Offset + rowsStart;
        Count = rowCount;
    }

    /// <summary>The number of rows on this page.</summary>
    public int Count { get; }

    /// <summary>The columns of the result, in order; empty where the statement returns none.</summary>
    public IReadOnlyList<ColumnDefinition> Columns => _decoder.Metadata.List;

    /// <summary>Where the next page begins; null on the last page. An empty page need not be the last one.</summary>
    public PagingState? PagingState { get; internal init; }

    /// <summary>True when the server has more rows than this page holds.</summary>
    [MemberNotNullWhen(true, nameof(PagingState))]
    public bool HasMorePages => PagingState is not null;

    /// <summary>How the request was carried out: the node that answered, warnings, the tracing id, the server's payload.</summary>
    public ExecutionInfo Info { get; internal init; } = ExecutionInfo.Empty;

    /// <summary>
    /// What a conditional statement (<c>IF ...</c>) answered in its <c>[applied]</c> column; true for statements without a condition.
    /// </summary>
    public bool WasApplied
    {
        get
        {
            var ordinal = _decoder.Metadata.IndexOf("[applied]");
            return ordinal < 0 || Count == 0 || First().Get<bool>(ordinal);
        }
    }

    internal RowDecoder Decoder => _decoder;

    /// <summary>All bytes up to the end of the last row.</summary>
    internal ReadOnlySpan<byte> Page => new(_array ?? ThrowDisposed(), 0, _end);

    /// <summary>Where the first row begins in <see cref="Page"/>.</summary>
    internal int RowsStart => _rowsStart;

    /// <summary>The rows of this page as values of a type marked <see cref="CqlRowAttribute"/>. They are read as they are gone through, and stay valid whatever becomes of the
    /// set.</summary>
    /// <typeparam name="T">The type.</typeparam>
    public MappedRows<T> As<T>()
        where T : IRowMapped<T> => new(this);

    /// <summary>The first row.</summary>
    /// <exception cref="InvalidOperationException">The page has no rows.</exception>
    public Row First() => Count > 0 ? new Row(this, _rowsStart) : throw new InvalidOperationException("The page has no rows.");

    /// <summary>The first row, if there is one.</summary>
    public bool TryGetFirst(out Row row)
    {
        row = Count > 0 ? First() : default;
        return Count > 0;
    }

    /// <summary>Goes through the rows of this page, without fetching further ones.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Row> IEnumerable<Row>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Ends the validity of the rows and gives their memory back. Idempotent.</summary>
    public void Dispose()
    {
        var array = _array;
        _array = null;
        PooledBody.Return(array, _pool);
    }

    /// <summary>The content of a cell; empty with <paramref name="isNull"/> set for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Cell(int rowStart, int ordinal, out bool isNull) => Cell(rowStart, ordinal, 0, out isNull);

    /// <summary>The content of a cell; empty with <paramref name="isNull"/> set for null.</summary>
    /// <param name="rowStart">Where the row begins.</param>
    /// <param name="ordinal">The position of the column.</param>
    /// <param name="likelyLength">The length of nearly all contents of the column, or 0. The processor then goes on to the next column before
    /// it has read the length of this one, which otherwise is what reading a row waits for.</param>
    /// <param name="isNull">Whether the cell is null.</param>
    /// <remarks>
    /// One comparison with the end of the page for the length, one for the content; with spans there would be six. Both places come from
    /// lengths that were checked, so neither is below zero, and the end is inside the array (see the constructor).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Cell(int rowStart, int ordinal, int likelyLength, out bool isNull)
    {
        var array = _array ?? ThrowDisposed();
        var at = rowStart;
        if (ordinal > 0)
        {
            // Columns read in order: the place is known.
            var hint = Volatile.Read(ref _hint);
            at = IsAt(hint, rowStart, ordinal) ? (int)hint : Seek(array, rowStart, ordinal);
        }

        var start = at + LengthSize;
        if (start > _end)
        {
            ThrowShort();
        }

        ref var cell = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), at);
        var length = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(ref cell));
        if (likelyLength > 0 && length == likelyLength && likelyLength <= _end - start)
        {
            isNull = false;
            Remember(rowStart, ordinal, start + likelyLength);
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref cell, LengthSize), likelyLength);
        }

        isNull = length < 0;
        if (length > _end - start)
        {
            ThrowShort();
        }

        length = isNull ? 0 : length;
        Remember(rowStart, ordinal, start + length);
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref cell, LengthSize), length);
    }

    private static uint HintKey(int rowStart, int ordinal) => ((uint)rowStart << OrdinalBits) | (uint)ordinal;

    private static bool IsAt(long hint, int rowStart, int ordinal) =>
        (uint)(hint >>> 32) == HintKey(rowStart, ordinal) && (uint)((int)hint - rowStart) < Reach && ordinal <= MaxOrdinal;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Remember(int rowStart, int ordinal, int next)
    {
        if (ordinal < MaxOrdinal && next - rowStart < Reach)
        {
            Volatile.Write(ref _hint, ((long)HintKey(rowStart, ordinal + 1) << 32) | (uint)next);
        }
    }

    /// <summary>Where a column's length stands: walks from the hint when that is in the row and before the column, else from its start.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Seek(byte[] array, int rowStart, int ordinal)
    {
        var bytes = array.AsSpan(0, _end);
        var at = rowStart;
        var column = 0;
        var hint = Volatile.Read(ref _hint);
        var hinted = (int)(hint >>> 32) & MaxOrdinal;
        if (hinted <= ordinal && IsAt(hint, rowStart, hinted))
        {
            column = hinted;
            at = (int)hint;
        }

        for (; column < ordinal; column++)
        {
            // No further than the end, where reading says that the page is short.
            if (!BinaryPrimitives.TryReadInt32BigEndian(bytes[at..], out var length))
            {
                ThrowShort();
            }

            at = (int)Math.Min((long)at + LengthSize + Math.Max(0, length), bytes.Length);
        }

        return at;
    }

    [DoesNotReturn]
    private void ThrowShort() =>
        throw new MalformedResponseException($"A row reaches past the end of its page of {_end - _rowsStart} bytes.");

    [DoesNotReturn]
    private static byte[] ThrowDisposed() =>
        throw new ObjectDisposedException(nameof(RowSet), "The row belongs to a RowSet that was disposed; read what you need before, or don't dispose it.");

    private int Skip(int rowStart)
    {
        var hint = Volatile.Read(ref _hint);
        return IsAt(hint, rowStart, _decoder.Codes.Length)
            ? (int)hint
            : Seek(_array ?? ThrowDisposed(), rowStart, _decoder.Codes.Length);
    }

    /// <summary>Goes through the rows of a page.</summary>
    public struct Enumerator : IEnumerator<Row>
    {
        private readonly RowSet _rows;
        private int _left;
        private int _start;
        private bool _started;

        internal Enumerator(RowSet rows)
        {
            _rows = rows;
            _left = rows.Count;
            _start = rows._rowsStart;
        }

        /// <summary>The row the enumerator stands on.</summary>
        public readonly Row Current => new(_rows, _start);

        readonly object IEnumerator.Current => Current;

        /// <summary>Moves to the next row; false after the last.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            if (_started)
            {
                _start = _rows.Skip(_start);
            }

            _started = true;
            return true;
        }

        /// <summary>Goes back before the first row.</summary>
        public void Reset() => this = new Enumerator(_rows);

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }
    }
}
