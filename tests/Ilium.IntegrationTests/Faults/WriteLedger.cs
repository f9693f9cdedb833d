using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

/// <summary>
/// A table and what was acknowledged of the writes to it. Each flow writes the rows (flow, 0), (flow, 1) ... once, with a value that follows from both, so that the
/// table can be compared with the ledger row by row.
/// </summary>
internal sealed class WriteLedger
{
    private readonly List<HashSet<int>> _acknowledged = [];
    private readonly List<HashSet<int>> _attempted = [];

    private WriteLedger(string table) => Table = table;

    public string Table { get; }

    public int Acknowledged => _acknowledged.Sum(static flow => flow.Count);

    public static async Task<WriteLedger> CreateAsync(Session session, string table)
    {
        await session.RunAsync(
            $"CREATE TABLE {table} (flow int, sequence int, value bigint, PRIMARY KEY (flow, sequence))".AsCql(), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(30) });
        return new WriteLedger(table);
    }

    public static long ValueOf(int flow, int sequence) => unchecked((long)((((ulong)(uint)flow << 32) | (uint)sequence) * 0x9E3779B97F4A7C15));

    /// <summary>The number of the next flow.</summary>
    public int NewFlow()
    {
        lock (_acknowledged)
        {
            _acknowledged.Add([]);
            _attempted.Add([]);
            return _acknowledged.Count - 1;
        }
    }

    /// <summary>By the flow itself, before it sends.</summary>
    public void Attempt(int flow, int sequence) => Of(_attempted, flow).Add(sequence);

    /// <summary>By the flow itself, once the server has confirmed the write.</summary>
    public void Acknowledge(int flow, int sequence) => Of(_acknowledged, flow).Add(sequence);

    /// <summary>Reads everything back from all replicas. Nothing may write meanwhile.</summary>
    public async Task<LedgerComparison> CompareAsync(Session session, ConsistencyLevel consistency = ConsistencyLevel.All)
    {
        var options = new ExecutionOptions { Consistency = consistency, Timeout = TimeSpan.FromSeconds(60) };
        var select = await session.PrepareAsync($"SELECT sequence, value FROM {Table} WHERE flow = ?".AsCql(), CqlText.Cancelled);
        int lost = 0, wrong = 0, strange = 0, rows = 0;
        for (var flow = 0; flow < _acknowledged.Count; flow++)
        {
            var found = new Dictionary<int, long>();
            await foreach (var row in session.QueryAsync(select.Bind(flow), options, CqlText.Cancelled))
            {
                found.Add(row.Get<int>(0), row.Get<long>(1));
            }

            rows += found.Count;
            lost += _acknowledged[flow].Count(sequence => !found.ContainsKey(sequence));
            wrong += found.Count(row => row.Value != ValueOf(flow, row.Key));
            strange += found.Keys.Count(sequence => !_attempted[flow].Contains(sequence));
        }

        return new LedgerComparison(Acknowledged, rows, lost, wrong, strange);
    }

    // Flows are added while others run; a flow's own set is its own.
    private HashSet<int> Of(List<HashSet<int>> sets, int flow)
    {
        lock (_acknowledged)
        {
            return sets[flow];
        }
    }
}

/// <summary>What the ring holds, beside what it should.</summary>
/// <param name="Acknowledged">Writes that a client was told are done.</param>
/// <param name="Rows">Rows the ring holds.</param>
/// <param name="Lost">Acknowledged and not there.</param>
/// <param name="Wrong">There with another value.</param>
/// <param name="Strange">There and never sent.</param>
internal sealed record LedgerComparison(int Acknowledged, int Rows, int Lost, int Wrong, int Strange)
{
    /// <summary>Every acknowledged write is there, and nothing else but writes whose client was told of a failure.</summary>
    public void AssertWhole(int failures = 0)
    {
        Assert.Equal((0, 0, 0), (Lost, Wrong, Strange));
        Assert.InRange(Rows, Acknowledged, Acknowledged + failures);
    }
}
