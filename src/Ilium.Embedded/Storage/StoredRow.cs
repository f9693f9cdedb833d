using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Storage;

/// <summary>One row, or the static part of a partition: its clustering values, its marker, its deletion and its cells by slot.</summary>
/// <remarks>Threads: under the table's lock. Slots of columns are never used again, so a cell of a dropped column is met by nobody.</remarks>
internal sealed class StoredRow(byte[][] clustering)
{
    private Cell[] _cells = [];

    internal byte[][] Clustering { get; } = clustering;

    /// <summary>What INSERT leaves: a row lives with it even when all its cells are null.</summary>
    internal Stamp? Marker { get; private set; }

    /// <summary>Everything at or before this was deleted with the row; null for never.</summary>
    internal long? DeletedAt { get; private set; }

    internal ReadOnlySpan<Cell> Cells => _cells;

    internal Cell this[Column column] => column.Slot < _cells.Length ? _cells[column.Slot] : default;

    internal bool IsLive(long nowSeconds)
    {
        if (Marker is not null && !Marker.IsExpired(nowSeconds))
        {
            return true;
        }

        foreach (ref readonly var cell in _cells.AsSpan())
        {
            if (cell.IsLive(nowSeconds))
            {
                return true;
            }
        }

        return false;
    }

    internal void Mark(Stamp stamp)
    {
        if (Marker is null || Supersedes(stamp, Marker))
        {
            Marker = stamp;
        }
    }

    internal void Write(Column column, Cell cell) => At(column) = Cell.Reconcile(At(column), cell);

    /// <summary>Replaces a cell whatever its stamp: counters add up instead of winning.</summary>
    internal void Replace(Column column, Cell cell) => At(column) = cell;

    internal ComplexValue Complex(Column column)
    {
        ref var cell = ref At(column);
        if (cell.Value is not ComplexValue complex)
        {
            complex = new ComplexValue();
            cell = new Cell(complex, null);
        }

        return complex;
    }

    internal void Delete(long timestamp)
    {
        if (DeletedAt >= timestamp)
        {
            return;
        }

        DeletedAt = timestamp;
        Purge(timestamp);
    }

    /// <summary>Removes what a deletion around this row covers.</summary>
    internal void Purge(long timestamp)
    {
        if (Marker is not null && Marker.Timestamp <= timestamp)
        {
            Marker = null;
        }

        foreach (ref var cell in _cells.AsSpan())
        {
            if (cell.Value is ComplexValue complex)
            {
                complex.Purge(timestamp);
            }
            else if (cell.Stamp is not null && cell.Stamp.Timestamp <= timestamp)
            {
                cell = default;
            }
        }
    }

    private static bool Supersedes(Stamp left, Stamp right)
    {
        if (left.Timestamp != right.Timestamp)
        {
            return left.Timestamp > right.Timestamp;
        }

        return left.IsExpiring == right.IsExpiring ? left.Expires > right.Expires : left.IsExpiring;
    }

    private ref Cell At(Column column)
    {
        if (column.Slot >= _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(column.SlotCount, column.Slot + 1));
        }

        return ref _cells[column.Slot];
    }
}
