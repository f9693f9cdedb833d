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

    // Where the last column read begins: row start (32 bits) | ordinal (12) | offset in the row (20). One word, so that threads that
    // read at once see each other's hints whole or not at all.
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
    internal ReadOnlySpan<byte> Cell(int rowStart, int ordinal, out bool isNull)
    {
        var bytes = Bytes;
        var at = rowStart;
        var column = 0;
        var hint = Volatile.Read(ref _hint);
        if ((int)(hint >> 32) == rowStart)
        {
            var hinted = (int)(hint >> 20) & 0xFFF;
            if (hinted <= ordinal)
            {
                column = hinted;
                at = rowStart + ((int)hint & 0xFFFFF);
            }
        }

        for (; column < ordinal; column++)
        {
            at += 4 + Math.Max(0, ReadLength(bytes, at));
        }

        var length = ReadLength(bytes, at);
        isNull = length < 0;
        var content = isNull ? default : Slice(bytes, at + 4, length);
        var next = at + 4 + content.Length - rowStart;
        if (ordinal < 0xFFE && next <= 0xFFFFF)
        {
            Volatile.Write(ref _hint, ((long)rowStart << 32) | ((long)(ordinal + 1) << 20) | (uint)next);
        }

        return content;
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

    private static int ReadLength(ReadOnlySpan<byte> bytes, int at)
    {
        if ((uint)at > (uint)(bytes.Length - 4))
        {
            ThrowShort(bytes.Length);
        }

        return BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, int at, int length)
    {
        if (length > bytes.Length - at)
        {
            ThrowShort(bytes.Length);
        }

        return bytes.Slice(at, length);
    }

    [DoesNotReturn]
    private static void ThrowShort(int length) =>
        throw new MalformedResponseException($"A row reaches past the end of its page of {length} bytes.");

    [DoesNotReturn]
    private static void ThrowDisposed() =>
        throw new ObjectDisposedException(nameof(RowSet), "The row belongs to a RowSet that was disposed; read what you need before, or don't dispose it.");

    private int Skip(int rowStart)
    {
        var bytes = Bytes;
        var at = rowStart;
        var column = 0;
        var hint = Volatile.Read(ref _hint);
        if ((int)(hint >> 32) == rowStart)
        {
            column = (int)(hint >> 20) & 0xFFF;
            at = rowStart + ((int)hint & 0xFFFFF);
        }

        for (; column < _decoder.Codes.Length; column++)
        {
            at += 4 + Math.Max(0, ReadLength(bytes, at));
        }

        return at;
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
