using System.Collections;
using Ilium.Types;

namespace Ilium;

/// <summary>
/// The rows of one page as values of a type of yours. Each is read when the enumeration comes to it, and stays valid whatever becomes of the page. Going through it again reads again.
/// </summary>
/// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
/// <remarks>While it is gone through, it throws <see cref="MappingException"/> when the result has no column for a member that needs one, <see cref="InvalidTypeException"/>
/// when a column's CQL type is not read as its member's, and <see cref="InvalidValueException"/> for values that the member can't hold.</remarks>
public readonly struct MappedRows<T> : IReadOnlyCollection<T>
    where T : IRowMapped<T>
{
    // null in default(MappedRows<T>) only, which has no rows.
    private readonly RowSet? _rows;

    internal MappedRows(RowSet rows)
    {
        _rows = rows;
    }

    /// <summary>The number of rows on the page.</summary>
    public int Count => _rows?.Count ?? 0;

    /// <summary>Goes through the rows of the page, without fetching further ones.</summary>
    public Enumerator GetEnumerator() => new(_rows);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through the rows of a page.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly RowSet? _rows;
        private MemberPlan? _plan;
        private T? _current;
        private int _left;
        private int _next;

        internal Enumerator(RowSet? rows)
        {
            _rows = rows;
            _left = rows?.Count ?? 0;
            _next = rows?.RowsStart ?? 0;
        }

        /// <summary>The value the enumerator stands on.</summary>
        public readonly T Current => _current!;

        readonly object IEnumerator.Current => _current!;

        /// <summary>Reads the next row; false after the last.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            // Not before there is a row: statements without rows have no columns to check.
            var rows = _rows!;
            var plan = _plan ??= rows.Decoder.PlanOf<T>();
            var reader = new MemberReader(plan, rows.Page, _next);
            _current = T.ReadMembers(ref reader);
            _next = reader.Position;
            _left--;
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
