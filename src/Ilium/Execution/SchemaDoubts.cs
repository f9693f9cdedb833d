using System.Collections.Concurrent;
using Ilium.Protocol;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>
/// Which tables servers have said to have changed, and since when, so that a statement that was prepared before is prepared again before more values
/// are encoded for it. Where another client prepared it first no answer would tell: the id is the same, and values of a type of the same size, which
/// mean something else now, would be accepted.
/// </summary>
/// <remarks>Threads: any. Changes are counted; a statement knows the count it has seen, so that the usual check is one comparison.</remarks>
internal sealed class SchemaDoubts
{
    // Beyond this many tables they are not told apart any more.
    private const int MaxTables = 4096;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string Keyspace, string Table), int> _tables = new();
    private readonly ConcurrentDictionary<string, int> _keyspaces = new(StringComparer.Ordinal);
    private int _everything;
    private int _latest;

    /// <summary>The number of the last change.</summary>
    internal int Latest => Volatile.Read(ref _latest);

    /// <summary>Notes what a server said.</summary>
    internal void Note(SchemaChange change)
    {
        if (change is { Target: "KEYSPACE", ChangeType: "UPDATED" })
        {
            // Its replication, not its tables.
            return;
        }

        lock (_gate)
        {
            var number = _latest + 1;
            if (_tables.Count + _keyspaces.Count >= MaxTables)
            {
                Volatile.Write(ref _everything, number);
                _tables.Clear();
                _keyspaces.Clear();
            }

            if (change is { Target: "TABLE", Name: { } table })
            {
                _tables[(change.Keyspace, table)] = number;
            }
            else
            {
                // A type or a function may be used by any table and statement of its keyspace.
                _keyspaces[change.Keyspace] = number;
            }

            Volatile.Write(ref _latest, number);
        }
    }

    /// <summary>Notes that changes may have been missed.</summary>
    internal void NoteEverything()
    {
        lock (_gate)
        {
            Volatile.Write(ref _everything, _latest + 1);
            Volatile.Write(ref _latest, _latest + 1);
        }
    }

    /// <summary>True when the types of a statement's markers may have changed since it was prepared.</summary>
    internal bool Concern(PreparedState state)
    {
        var latest = Latest;
        var since = state.KnownChange;
        if (since == latest || state.Variables.Count == 0)
        {
            return false;
        }

        if (Volatile.Read(ref _everything) > since)
        {
            return true;
        }

        foreach (var column in state.Variables.Columns)
        {
            if ((_tables.TryGetValue((column.Keyspace, column.Table), out var changed) && changed > since) ||
                (_keyspaces.TryGetValue(column.Keyspace, out changed) && changed > since))
            {
                return true;
            }
        }

        // What changed was something else: the next check is short again.
        state.KnownChange = latest;
        return false;
    }
}
