// What the embedded node does with its client in the same process: one prepared row with 256 requests in flight, pages of 5,000 rows, a million rows.
//
//   dotnet run -c Release --project benchmarks/Ilium.EmbeddedLoad
using System.Diagnostics;
using System.Globalization;
using Ilium;
using Ilium.Embedded;

const int Flows = 256;
const int PageRows = 5_000;
const int ManyRows = 1_000_000;
var measured = TimeSpan.FromSeconds(3);

await using var node = await EmbeddedNode.StartAsync();
await using var cluster = new Cluster(node.Connect());
var session = await cluster.ConnectAsync();
await session.ExecuteAsync("CREATE KEYSPACE bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await session.ExecuteAsync("CREATE TABLE bench.one (id bigint PRIMARY KEY, name text, age int)");
await session.ExecuteAsync("CREATE TABLE bench.page (id bigint, row int, name text, PRIMARY KEY (id, row))");
await session.ExecuteAsync("CREATE TABLE bench.many (id int PRIMARY KEY, name text, age int)");

await ReadOneAsync();
await ReadPagesAsync();
await InsertManyAsync();

async Task ReadOneAsync()
{
    var insert = await session.PrepareAsync("INSERT INTO bench.one (id, name, age) VALUES (?, ?, ?)");
    await session.ExecuteAsync(insert.Bind(1L, "Jane", 31));
    var read = await session.PrepareAsync("SELECT name, age FROM bench.one WHERE id = ?");
    // The first seconds are the compiler's.
    await RunAsync(read, measured);
    var process = Process.GetCurrentProcess();
    var (cpu, allocated, clock) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.StartNew());
    var requests = await RunAsync(read, measured);
    var elapsed = clock.Elapsed.TotalSeconds;
    process.Refresh();
    Say($"one, {Flows} in flight: {requests / elapsed:F0} requests/s, {(process.TotalProcessorTime - cpu).TotalMicroseconds / requests:F2} us of CPU and {(GC.GetTotalAllocatedBytes(precise: true) - allocated) / requests} B each");
}

async Task<long> RunAsync(PreparedStatement read, TimeSpan time)
{
    var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
    var counts = await Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => Task.Run(async () =>
    {
        var count = 0L;
        while (Stopwatch.GetTimestamp() < end)
        {
            using var rows = await session.ExecuteAsync(read.Bind(1L));
            count += rows.First().Get<int>(1) == 31 ? 1 : throw new InvalidOperationException("Another row came.");
        }

        return count;
    })));
    return counts.Sum();
}

async Task ReadPagesAsync()
{
    var insert = await session.PrepareAsync("INSERT INTO bench.page (id, row, name) VALUES (1, ?, ?)");
    for (var row = 0; row < PageRows; row++)
    {
        await session.ExecuteAsync(insert.Bind(row, $"user-{row:D8}"));
    }

    var read = await session.PrepareAsync("SELECT row, name FROM bench.page WHERE id = 1");
    var times = new List<double>();
    for (var i = 0; i < 200; i++)
    {
        var clock = Stopwatch.StartNew();
        using var rows = await session.ExecuteAsync(read.Bind());
        var sum = rows.Sum(static row => row.Get<int>(0));
        times.Add(sum == PageRows * (PageRows - 1) / 2 ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException("Other rows came."));
    }

    Say($"page of {PageRows} rows: {times.Order().ElementAt(times.Count / 2):F2} ms, the first {times[0]:F2}");
}

async Task InsertManyAsync()
{
    var insert = await session.PrepareAsync("INSERT INTO bench.many (id, name, age) VALUES (?, ?, ?)");
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var next = -1;
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => Task.Run(async () =>
    {
        for (var id = Interlocked.Increment(ref next); id < ManyRows; id = Interlocked.Increment(ref next))
        {
            await session.ExecuteAsync(insert.Bind(id, $"user-{id:D8}", id % 100));
        }
    })));
    var took = clock.Elapsed.TotalSeconds;
    Say($"{ManyRows} rows, each a partition: inserted in {took:F1} s, {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:F0} MB");
}

static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
