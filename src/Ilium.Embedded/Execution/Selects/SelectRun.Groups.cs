using Ilium.Embedded.Storage;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Selects;

/// <content>Groups and aggregates.</content>
internal sealed partial class SelectRun
{
    // Groups: the first row of the one under way, and what aggregates have gathered.
    private bool _inGroup;
    private Partition? _groupPartition;
    private StoredRow? _groupRow;
    private byte[]? _groupValue;
    private StoredRow? _groupLast;
    private int _groupRemaining;

    private bool Gather(StoredRow? row)
    {
        var value = _select.GroupBy?.Function?.Evaluate(_scope);
        if (_inGroup && _select.GroupBy is { } key && !IsSameGroup(key, row, value))
        {
            var partition = _scope.Partition;
            if (!FinishGroup(atEnd: false))
            {
                return false;
            }

            _scope.Partition = partition;
            _scope.Row = row;
        }

        if (!_inGroup)
        {
            if (_remainingInPartition == 0)
            {
                return true;
            }

            if (_remainingInPartition != int.MaxValue)
            {
                _remainingInPartition--;
            }

            _inGroup = true;
            _groupRemaining = _remainingInPartition;
            _groupPartition = _scope.Partition;
            _groupRow = row;
            _groupValue = value;
            _scope.Aggregates = Array.ConvertAll(_select.Aggregates, a => a.NewState());
        }

        _groupLast = row;
        foreach (var aggregate in _select.Aggregates)
        {
            aggregate.Gather(_scope);
        }

        return true;
    }

    private bool IsSameGroup(GroupKey key, StoredRow? row, byte[]? value)
    {
        if (!ReferenceEquals(_groupPartition, _scope.Partition))
        {
            return false;
        }

        for (var i = 0; i < key.ClusteringColumns; i++)
        {
            if (row is null || _groupRow is null || ServerOrder.Compare(Table.ClusteringKey[i].Type, row.Clustering[i], _groupRow.Clustering[i]) != 0)
            {
                return false;
            }
        }

        return key.Function is null || (value ?? []).AsSpan().SequenceEqual(_groupValue);
    }

    /// <summary>Writes the group under way; false when no more are wanted.</summary>
    private bool FinishGroup(bool atEnd)
    {
        if (!_select.IsAggregate || (atEnd && (_remaining == 0 || _pageLeft == 0)))
        {
            return true;
        }

        if (!_inGroup)
        {
            if (!atEnd || _select.GroupBy is not null)
            {
                return true;
            }

            // Aggregates over nothing give one row.
            _scope.Partition = null;
            _scope.Row = null;
            _scope.Aggregates = Array.ConvertAll(_select.Aggregates, a => a.NewState());
            WriteEmptyGroup();
            return false;
        }

        _inGroup = false;
        _scope.Partition = _groupPartition;
        _scope.Row = _groupRow;
        _select.Write(_scope);
        _count++;
        _remaining--;
        _pageLeft--;
        if (_remaining > 0 && _pageLeft == 0)
        {
            EndPage(_groupPartition!, Table.ClusteringKey.Length == 0 ? null : _groupLast, _groupRemaining);
        }

        return _remaining > 0 && _pageLeft > 0;
    }

    private void WriteEmptyGroup()
    {
        _scope.Partition = EmptyPartition;
        _select.WriteEmpty(_scope);
        _count++;
    }

    private static Partition EmptyPartition { get; } = new(0, []);
}
