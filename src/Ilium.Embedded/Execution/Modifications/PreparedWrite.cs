using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Storage;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>A modification with all its values: what is left is to write them, under the table's lock.</summary>
internal sealed class PreparedWrite(CompiledModification statement, RequestContext context, List<byte[]> keys, OperationInput[] inputs, Stamp stamp, List<ClusteringSlice>? slices)
{
    internal CompiledModification Statement { get; } = statement;

    internal List<byte[]> Keys { get; } = keys;

    internal List<ClusteringSlice>? Slices { get; } = slices;

    /// <summary>Fails if what is there does not allow the write; under the table's lock, before anything is written.</summary>
    internal void Check()
    {
        if (!Statement.Operations.Any(operation => operation.ReadsRow))
        {
            return;
        }

        foreach (var key in Keys)
        {
            var partition = Statement.Target.Store.Find(key);
            Check(partition?.Static, ofStatics: true);
            foreach (var clustering in Slices?.Select(slice => slice.Start.Values) ?? [[]])
            {
                Check(partition?.Find(Statement.Target, clustering), ofStatics: false);
            }
        }
    }

    private void Check(StoredRow? row, bool ofStatics)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            var operation = Statement.Operations[i];
            if (operation.Column.IsStatic == ofStatics)
            {
                operation.Check(row, in inputs[i], context.NowSeconds);
            }
        }
    }

    internal void Apply()
    {
        foreach (var key in Keys)
        {
            Apply(Statement.Target.Store.GetOrAdd(key));
        }
    }

    private void Apply(Partition partition)
    {
        var table = Statement.Target;
        if (Statement.Kind == ModificationKind.Delete && Statement.Operations.IsEmpty)
        {
            Delete(partition);
            return;
        }

        if (Statement.ChangesStatics && !(partition.DeletedAt >= stamp.Timestamp))
        {
            Write(partition.GetOrAddStatic(), ofStatics: true);
        }

        if (!Statement.ChangesRows && (Statement.Kind != ModificationKind.Insert || (table.ClusteringKey.Length > 0 && Slices is null)))
        {
            return;
        }

        if (Slices is null)
        {
            WriteRow(partition, []);
            return;
        }

        foreach (var slice in Slices)
        {
            WriteRow(partition, slice.Start.Values);
        }
    }

    private void WriteRow(Partition partition, byte[][] clustering)
    {
        if (partition.CoveredUntil(Statement.Target, clustering) >= stamp.Timestamp)
        {
            return;
        }

        Write(partition.GetOrAdd(Statement.Target, clustering), ofStatics: false);
    }

    private void Write(StoredRow row, bool ofStatics)
    {
        // What was deleted later than this is written stays deleted.
        if (row.DeletedAt >= stamp.Timestamp)
        {
            return;
        }

        if (Statement.Kind == ModificationKind.Insert && !ofStatics)
        {
            row.Mark(stamp);
        }

        var target = new WriteTarget(row, stamp, context);
        for (var i = 0; i < inputs.Length; i++)
        {
            var operation = Statement.Operations[i];
            if (operation.Column.IsStatic == ofStatics)
            {
                operation.Apply(in target, in inputs[i]);
            }
        }
    }

    private void Delete(Partition partition)
    {
        var table = Statement.Target;
        if (Slices is null)
        {
            partition.Delete(stamp.Timestamp);
            return;
        }

        foreach (var slice in Slices)
        {
            if (slice.Start.Values.Length == table.ClusteringKey.Length && slice.Start.Values == slice.End.Values)
            {
                if (!(partition.CoveredUntil(table, slice.Start.Values) >= stamp.Timestamp))
                {
                    partition.GetOrAdd(table, slice.Start.Values).Delete(stamp.Timestamp);
                }
            }
            else
            {
                partition.DeleteRange(table, new RangeTombstone(slice.Start, slice.End, stamp.Timestamp));
            }
        }
    }
}
