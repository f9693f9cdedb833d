using System.Net;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>
/// What a request allocates, from the statement's values to the last column read, through the public API. The figures are exact: whoever makes one
/// smaller writes the new one down here; whoever makes one larger needs a reason.
/// </summary>
[Collection(QuietCollection.Name)]
[Trait(Slow.Name, Slow.Value)]
public partial class AllocationGateTests
{
    private const int InFlight = 256;
    private const int Requests = 100 * InFlight;
    private const int Rounds = 5;

    // No object is smaller than 24 bytes: this lets through what is not there at each request, and nothing that is at every tenth.
    private const double Noise = 2;

    private const string Read = "SELECT id, name, age, ts, v FROM t WHERE id = ?";
    private const string Insert = "INSERT INTO t (id, name, age, ts, v) VALUES (?, ?, ?, ?, ?)";
    private const int PageRows = 5_000;

    private static readonly DateTimeOffset SomeTime = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private static readonly ColumnSpec[] Columns =
    [
        new("id", TypeBytes.Bigint), new("name", TypeBytes.Text), new("age", TypeBytes.Int), new("ts", TypeBytes.Timestamp), new("v", TypeBytes.Double),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // A bound statement and its array of values, the row set, and the text that was read.
    [Theory]
    [InlineData(ProtocolVersion.V4, 232)]
    [InlineData(ProtocolVersion.V5, 232)]
    public async Task A_prepared_read_of_one_row_with_256_in_flight(ProtocolVersion version, int expected)
    {
        await using var driver = new Driver(version);
        var session = await driver.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(Read, Cancelled);
        await driver.ReplayAsync(() => session.ExecuteAsync(read.Bind(0L), cancellationToken: Cancelled));
        Assert.InRange(await PerRequestAsync(ReadOneAsync), expected - Noise, expected + Noise);

        async Task ReadOneAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var rows = await session.ExecuteAsync(read.Bind((long)i));
                ReadColumns(rows);
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4, 232)]
    [InlineData(ProtocolVersion.V5, 232)]
    public async Task A_prepared_insert_of_five_values_with_256_in_flight(ProtocolVersion version, int expected)
    {
        await using var driver = new Driver(version);
        var session = await driver.Cluster.ConnectAsync(Cancelled);
        var insert = await session.PrepareAsync(Insert, Cancelled);
        await driver.ReplayAsync(() => session.ExecuteAsync(insert.Bind(0L, "user-00000042", 42, SomeTime, 21.0), cancellationToken: Cancelled));
        Assert.InRange(await PerRequestAsync(InsertAsync), expected - Noise, expected + Noise);

        async Task InsertAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var rows = await session.ExecuteAsync(insert.Bind((long)i, "user-00000042", 42, SomeTime, 21.0));
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4, 264)]
    [InlineData(ProtocolVersion.V5, 264)]
    public async Task A_synchronous_prepared_read_of_one_row(ProtocolVersion version, int expected)
    {
        await using var driver = new Driver(version);
        var session = await driver.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(Read, Cancelled);
        await driver.ReplayAsync(() => session.ExecuteAsync(read.Bind(0L), cancellationToken: Cancelled));
        Assert.InRange(Difference(() => ReadMany(2_000), () => ReadMany(1_000)) / 1_000.0, expected - Noise, expected + Noise);

        void ReadMany(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var rows = session.Execute(read.Bind((long)i));
                ReadColumns(rows);
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task A_page_of_5000_rows_read_typed_allocates_no_more_than_one_row(ProtocolVersion version)
    {
        var page = await PageAsync(version, PageRows);
        var row = await PageAsync(version, 1);
        // The same objects for either; 5,000 rows with a byte each would already be 5,000. A page takes longer, in which a loaded machine's timers allocate.
        Assert.InRange(page - row, -64, 1_000);
    }

    // The object's header and type, two numbers, a time with its offset and the reference to its text: 56 bytes. The text of 13 letters: 48 more.
    [Fact]
    public async Task A_page_of_5000_rows_read_into_a_type_allocates_its_objects_and_texts_and_nothing_else()
    {
        var withTexts = await PageAsync(ProtocolVersion.V5, PageRows, ReadInto<Measurement>) - await PageAsync(ProtocolVersion.V5, 1, ReadInto<Measurement>);
        var withoutObjects = await PageAsync(ProtocolVersion.V5, PageRows, ReadInto<Numbers>) - await PageAsync(ProtocolVersion.V5, 1, ReadInto<Numbers>);
        Assert.InRange(withTexts, ((PageRows - 1) * 104) - 64, ((PageRows - 1) * 104) + 1_000);
        Assert.InRange(withoutObjects, -64, 1_000);

        static long ReadInto<T>(RowSet rows)
            where T : IRowMapped<T>
        {
            var count = 0L;
            foreach (var one in rows.As<T>())
            {
                count++;
                GC.KeepAlive(typeof(T).IsValueType ? null : (object)one);
            }

            return count;
        }
    }

    private static Task<double> PageAsync(ProtocolVersion version, int count) => PageAsync(version, count, rows =>
    {
        var sum = 0L;
        foreach (var one in rows)
        {
            // Without the text, which is an object of the caller's.
            sum += one.Get<long>(0) + one.Get<int>("age") + one.Get<DateTimeOffset>(3).Year + (long)one.Get<double>(4) + (one.Get<int?>(2) ?? 0);
        }

        return sum;
    });

    private static async Task<double> PageAsync(ProtocolVersion version, int count, Func<RowSet, long> readAll)
    {
        await using var driver = new Driver(version);
        driver.Server.Define(Read, new ServerStatement { Bind = [Columns[0]], Result = Columns, Rows = [.. Enumerable.Repeat(Row, count)] });
        var session = await driver.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(Read, Cancelled);
        await driver.ReplayAsync(() => session.ExecuteAsync(read.Bind(0L), cancellationToken: Cancelled));
        return Difference(() => ReadPages(40), () => ReadPages(20)) / 20.0;

        void ReadPages(int pages)
        {
            var sum = 0L;
            for (var i = 0; i < pages; i++)
            {
                using var rows = session.Execute(read.Bind((long)i));
                Assert.Equal(count, rows.Count);
                sum += readAll(rows);
            }

            Assert.True(sum > 0);
        }
    }

    private static byte[][] Row => [ValueBytes.Bigint(42), ValueBytes.Text("user-00000042"), ValueBytes.Int(42), ValueBytes.Bigint(1_700_000_000_000), ValueBytes.Double(21)];

    private static void ReadColumns(RowSet rows)
    {
        foreach (var row in rows)
        {
            var sum = row.Get<long>(0) + row.Get<string>(1)!.Length + row.Get<int>(2) + row.Get<DateTimeOffset>(3).Ticks + (long)row.Get<double>(4);
            Assert.True(sum > 0);
        }
    }

    private static async Task<double> PerRequestAsync(Func<int, Task> flow)
    {
        // The flows themselves cost the same in both, so that only requests are left.
        var (many, few) = (long.MaxValue, long.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            many = Math.Min(many, await AllocatedAsync(2 * Requests / InFlight));
            few = Math.Min(few, await AllocatedAsync(Requests / InFlight));
        }

        return (many - few) / (double)Requests;

        async Task<long> AllocatedAsync(int count)
        {
            var flows = new Task[InFlight];
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < InFlight; i++)
            {
                flows[i] = flow(count);
            }

            await Task.WhenAll(flows);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    /// <summary>What the larger of two does more, each taken in the round with the least of everything else.</summary>
    private static long Difference(Action many, Action few)
    {
        var (most, least) = (long.MaxValue, long.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var start = GC.GetTotalAllocatedBytes(precise: true);
            many();
            var middle = GC.GetTotalAllocatedBytes(precise: true);
            few();
            most = Math.Min(most, middle - start);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - middle);
        }

        return most - least;
    }

    [CqlRow]
    private sealed partial record Measurement(long Id, string Name, int Age, DateTimeOffset Ts);

    [CqlRow]
    private readonly partial record struct Numbers(long Id, int? Age, DateTimeOffset Ts, double V);

    /// <summary>A cluster with one connection that can be made to replay, and a server that knows the statements.</summary>
    private sealed class Driver : TransportFactory, IAsyncDisposable
    {
        private readonly ProtocolVersion _version;
        private ReplayingTransport? _transport;

        internal Driver(ProtocolVersion version)
        {
            _version = version;
            Server.Define(Read, new ServerStatement { Bind = [Columns[0]], Result = Columns, Rows = [Row] });
            Server.Define(Insert, new ServerStatement { Bind = Columns });
            Cluster = new Cluster(new ClusterOptions
            {
                ContactPoints = ["127.0.0.1"],
                ProtocolVersion = version,
                MaxConnectionsPerNode = 1,
                TimeProvider = new TimeWithoutTimers(),
                TransportFactory = this,
            });
        }

        internal ScriptedServer Server { get; } = new();

        internal Cluster Cluster { get; }

        internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) => MemoryTransports.IsForControl
            ? new StreamTransport(Server.Connect())
            : _transport = new ReplayingTransport(Server.Connect(), _version);

        /// <summary>From here on every request gets this one's answer.</summary>
        internal async Task ReplayAsync(Func<ValueTask<RowSet>> request)
        {
            await ScriptedCluster.SettleAsync(Cluster);
            (await request()).Dispose();
            _transport!.Learn();
            (await request()).Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await Server.DisposeAsync();
            Server.ThrowIfViolated();
        }
    }
}
