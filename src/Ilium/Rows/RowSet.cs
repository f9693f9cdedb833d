using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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
    private readonly int _rowsStart;
    private PooledBody _body;

    // Where the column after the last one read begins: row start (32 bits) | ordinal (12) | offset in the row (20). One word, so that
    // threads that read at once see each other's hints whole or not at all.
    private const int OffsetBits = 20;
    private const int MaxOrdinal = 0xFFF;
    private const int MaxOffset = (1 << OffsetBits) - 1;

    private long _hint = -1;

    internal RowSet(PooledBody body, RowDecoder decoder, int rowsStart, int rowCount)
    {
        _body = body;
        _decoder = decoder;
        _rowsStart = rowsStart;
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
        var body = _body;
        _body = default;
        body.Return();
    }

    /// <summary>The content of a cell; empty with <paramref name="isNull"/> set for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Cell(int rowStart, int ordinal, out bool isNull)
    {
        var bytes = Bytes;
        var hint = Volatile.Read(ref _hint);
        // Columns read in order: the place is known.
        var at = IsAt(hint, rowStart, ordinal)
            ? rowStart + ((int)hint & MaxOffset)
            : Seek(bytes, rowStart, ordinal);
        var length = ReadLength(bytes, at);
        isNull = length < 0;
        var start = at + 4;
        if (length > bytes.Length - start)
        {
            ThrowShort(bytes.Length);
        }

        length = isNull ? 0 : length;
        var next = start + length - rowStart;
        if (ordinal < MaxOrdinal && next <= MaxOffset)
        {
            Volatile.Write(ref _hint, ((long)rowStart << 32) | ((long)(ordinal + 1) << OffsetBits) | (uint)next);
        }

        return bytes.Slice(start, length);
    }

    private ReadOnlySpan<byte> Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_body.Array is null && Count > 0)
            {
                ThrowDisposed();
            }

            return _body.Span;
        }
    }

    private static bool IsAt(long hint, int rowStart, int ordinal) =>
        (int)(hint >> 32) == rowStart && ((int)hint >>> OffsetBits) == ordinal;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadLength(ReadOnlySpan<byte> bytes, int at)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(bytes[at..], out var length))
        {
            ThrowShort(bytes.Length);
        }

        return length;
    }

    /// <summary>Where a column's length stands: walks from the hint when that is in the row and before the column, else from its start.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Seek(ReadOnlySpan<byte> bytes, int rowStart, int ordinal)
    {
        var at = rowStart;
        var column = 0;
        var hint = Volatile.Read(ref _hint);
        if ((int)(hint >> 32) == rowStart)
        {
            var hinted = (int)hint >>> OffsetBits;
            if (hinted <= ordinal)
            {
                column = hinted;
                at = rowStart + ((int)hint & MaxOffset);
            }
        }

        for (; column < ordinal; column++)
        {
            // No further than the end, where reading says that the page is short.
            at = (int)Math.Min((long)at + 4 + Math.Max(0, ReadLength(bytes, at)), bytes.Length);
        }

        return at;
    }

    [DoesNotReturn]
    private static void ThrowShort(int length) =>
        throw new MalformedResponseException($"A row reaches past the end of its page of {length} bytes.");

    [DoesNotReturn]
    private static void ThrowDisposed() =>
        throw new ObjectDisposedException(nameof(RowSet), "The row belongs to a RowSet that was disposed; read what you need before, or don't dispose it.");

    private int Skip(int rowStart)
    {
        var hint = Volatile.Read(ref _hint);
        return IsAt(hint, rowStart, _decoder.Codes.Length)
            ? rowStart + ((int)hint & MaxOffset)
            : Seek(Bytes, rowStart, _decoder.Codes.Length);
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
