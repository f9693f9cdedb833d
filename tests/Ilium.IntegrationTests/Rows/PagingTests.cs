using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Rows;

[Collection(PlainRingCollection.Name)]
public class PagingTests(PagingTests.ThousandRows rows) : IClassFixture<PagingTests.ThousandRows>
{
    private const string Select = "SELECT part, name FROM thousand WHERE id = 1";
    private static readonly ExecutionOptions Hundred = new() { PageSize = 100 };

    [Theory, EachVersion]
    public async Task All_rows_come_in_order_over_ten_pages(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        foreach (var statement in Statements(session))
        {
            var parts = new List<int>();
            var held = new List<Row>();
            await foreach (var row in session.QueryAsync(statement, Hundred, CqlText.Cancelled))
            {
                parts.Add(row.Get<int>(0));
                held.Add(row);
            }

            Assert.Equal(Enumerable.Range(0, 1000), parts);

            // Rows of earlier pages stay valid.
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"name {i}"), held.Select(row => row.Get<string>("name")));
            Assert.Equal(Enumerable.Range(0, 1000), session.Query(statement, Hundred).Select(row => row.Get<int>(0)));
        }

        Assert.Equal(1000, session.Query(Select, new ExecutionOptions { PageSize = 0 }).Count());
        Assert.Equal(1000, (await session.RunAsync(Select, new ExecutionOptions { PageSize = 0 })).Count);
    }

    [Theory, EachVersion]
    public async Task A_page_size_that_divides_the_rows_and_one_of_a_single_row_lose_none(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        var firstTwenty = $"{Select} AND part < 20";
        Assert.Equal(Enumerable.Range(0, 20), session.Query(firstTwenty, new ExecutionOptions { PageSize = 1 }).Select(row => row.Get<int>(0)));
        Assert.Equal(Enumerable.Range(0, 20), session.Query(firstTwenty, new ExecutionOptions { PageSize = 10 }).Select(row => row.Get<int>(0)));
        Assert.Equal(Enumerable.Range(0, 20), session.Query(firstTwenty, new ExecutionOptions { PageSize = 7 }).Select(row => row.Get<int>(0)));
    }

    [Theory, EachVersion]
    public async Task The_next_page_is_fetched_while_this_one_is_read(ProtocolVersion version)
    {
        await using var cluster = new Cluster(await rows.Keyspace.OptionsAsync(version) with { Keyspace = rows.Keyspace.Name });
        await rows.SessionAsync(version);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        var before = Received();
        await using var enumerator = session.QueryAsync(Select, Hundred, CqlText.Cancelled).GetAsyncEnumerator(CqlText.Cancelled);
        Assert.True(await enumerator.MoveNextAsync());

        // The second page arrives without anybody asking for its first row.
        Assert.True(SpinWait.SpinUntil(() => Received() == before + 2, 5_000), $"{Received() - before} answers");
        for (var i = 1; i < 100; i++)
        {
            var next = enumerator.MoveNextAsync();
            Assert.True(next.IsCompletedSuccessfully);
            Assert.True(await next);
        }

        Assert.Equal(before + 2, Received());
        Assert.True(await enumerator.MoveNextAsync());
        Assert.Equal(100, enumerator.Current.Get<int>(0));

        long Received() => cluster.Runtime.Connections.Sum(connection => connection.Received);
    }

    [Theory, EachVersion]
    public async Task Leaving_the_loop_early_leaves_nothing_in_flight(ProtocolVersion version)
    {
        await using var cluster = new Cluster(await rows.Keyspace.OptionsAsync(version) with { Keyspace = rows.Keyspace.Name });
        await rows.SessionAsync(version);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        for (var i = 0; i < 20; i++)
        {
            await foreach (var row in session.QueryAsync(Select, Hundred, CqlText.Cancelled))
            {
                Assert.Equal(0, row.Get<int>(0));
                break;
            }

            foreach (var row in session.Query(Select, Hundred))
            {
                Assert.Equal(0, row.Get<int>(0));
                break;
            }
        }

        Assert.True(SpinWait.SpinUntil(() => cluster.Runtime.InFlight == 0 && cluster.Runtime.Connections.Sum(connection => connection.Orphans) == 0, 10_000));
        Assert.Equal(1000, session.Query(Select, Hundred).Count());
    }

    [Theory, EachVersion]
    public async Task A_cancelled_query_stops_in_the_middle_of_a_page(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        using var cancel = new CancellationTokenSource();
        var read = 0;
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in session.QueryAsync(Select, Hundred, cancel.Token))
            {
                if (++read == 150)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.Equal(150, read);
        Assert.Equal(cancel.Token, failure.CancellationToken);

        // By WithCancellation as well.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in session.QueryAsync(Select, Hundred, CqlText.Cancelled).WithCancellation(cancel.Token))
            {
                Assert.Fail("It was cancelled before it began.");
            }
        });
    }

    [Theory, EachVersion]
    public async Task A_state_stored_as_text_goes_on_in_another_cluster_object(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        foreach (var index in Enumerable.Range(0, Statements(session).Length))
        {
            var first = await session.RunAsync(Statements(session)[index], Hundred);
            Assert.Equal(100, first.Count);
            Assert.True(first.HasMorePages);
            var token = first.PagingState.ToToken();
            Assert.Equal(first.PagingState, PagingState.FromBytes(first.PagingState.ToBytes()));

            await using var cluster = new Cluster(await rows.Keyspace.OptionsAsync(version) with { Keyspace = rows.Keyspace.Name });
            var fresh = await cluster.ConnectAsync(CqlText.Cancelled);
            var second = await fresh.RunAsync(Statements(fresh)[index], Hundred with { PagingState = PagingState.FromToken(token) });
            Assert.Equal(Enumerable.Range(100, 100), second.Select(row => row.Get<int>(0)));
            var rest = new List<int>();
            await foreach (var row in fresh.QueryAsync(Statements(fresh)[index], Hundred with { PagingState = second.PagingState }, CqlText.Cancelled))
            {
                rest.Add(row.Get<int>(0));
            }

            Assert.Equal(Enumerable.Range(200, 800), rest);
        }
    }

    [Theory, EachVersion]
    public async Task A_state_is_refused_for_anything_but_what_began_it(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        var valued = new SimpleStatement("SELECT part, name FROM thousand WHERE id = ?", 1);
        var state = (await session.RunAsync(valued, Hundred)).PagingState!;
        await Assert.ThrowsAsync<PagingStateException>(() => session.RunAsync(new SimpleStatement(valued.Cql, 2), Hundred with { PagingState = state }));
        await Assert.ThrowsAsync<PagingStateException>(() => session.RunAsync(Select, Hundred with { PagingState = state }));
        await Assert.ThrowsAsync<PagingStateException>(
            () => session.RunAsync(session.Prepare(valued.Cql).Bind(2), Hundred with { PagingState = state }));
        var other = session.WithKeyspace("system");
        await Assert.ThrowsAnyAsync<CassandraException>(() => other.RunAsync(valued, Hundred with { PagingState = state }));

        // The same text and value, in whatever kind of statement, is the same statement.
        Assert.Equal(100, (await session.RunAsync(session.Prepare(valued.Cql).Bind(1), Hundred with { PagingState = state })).First().Get<int>(0));

        var neighbour = await rows.SessionAsync(version == ProtocolVersion.V5 ? ProtocolVersion.V4 : version + 1);
        var failure = await Assert.ThrowsAsync<PagingStateException>(() => neighbour.RunAsync(valued, Hundred with { PagingState = state }));
        Assert.Contains($"{version}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_is_refused_in_a_keyspace_with_a_table_of_the_same_name()
    {
        var session = await rows.SessionAsync(ProtocolVersion.V5);
        var other = rows.Keyspace.Name + "_twin";
        await session.CreateKeyspaceAsync(other);
        var twin = session.WithKeyspace(other);
        await twin.RunAsync("CREATE TABLE thousand (id int, part int, name text, PRIMARY KEY (id, part))");
        foreach (var text in new[] { new SimpleStatement(Select), new SimpleStatement("SELECT part, name FROM thousand WHERE id = ?", 1) })
        {
            var state = (await session.RunAsync(text, Hundred)).PagingState;
            await Assert.ThrowsAsync<PagingStateException>(() => twin.RunAsync(text, Hundred with { PagingState = state }));
        }

        await session.RunAsync($"DROP KEYSPACE {other}");
    }

    [Theory, EachVersion]
    public async Task A_query_stays_in_its_keyspace_when_its_session_is_moved(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        var parts = new List<int>();
        await foreach (var row in session.QueryAsync(Select, Hundred, CqlText.Cancelled))
        {
            if (parts.Count == 0)
            {
                await session.RunAsync("USE system");
            }

            parts.Add(row.Get<int>(0));
        }

        Assert.Equal("system", session.Keyspace);
        Assert.Equal(Enumerable.Range(0, 1000), parts);
        await session.RunAsync($"USE {rows.Keyspace.Name}");
        parts.Clear();
        foreach (var row in session.Query(Select, Hundred))
        {
            if (parts.Count == 0)
            {
                session.Execute("USE system");
            }

            parts.Add(row.Get<int>(0));
        }

        Assert.Equal(Enumerable.Range(0, 1000), parts);
    }

    [Fact]
    public async Task A_damaged_state_is_refused_before_it_is_sent()
    {
        var session = await rows.SessionAsync(ProtocolVersion.V5);
        var token = (await session.RunAsync(Select, Hundred)).PagingState!.ToToken();
        Assert.Throws<PagingStateException>(() => PagingState.FromToken(token[..^4]));
        Assert.Throws<PagingStateException>(() => PagingState.FromToken(token[..10] + (token[10] == 'A' ? 'B' : 'A') + token[11..]));
        Assert.Throws<PagingStateException>(() => PagingState.FromToken("not a token!"));
        Assert.Throws<PagingStateException>(() => PagingState.FromToken(""));
        Assert.Throws<PagingStateException>(() => PagingState.FromBytes([]));
    }

    [Theory, EachVersion]
    public async Task Pages_without_rows_are_gone_through(ProtocolVersion version)
    {
        var session = await rows.SessionAsync(version);
        var select = "SELECT part FROM thousand WHERE name = 'name 990' ALLOW FILTERING";
        var options = new ExecutionOptions { PageSize = 10 };
        Assert.Equal([990], session.Query(select, options).Select(row => row.Get<int>(0)));
        var found = new List<int>();
        await foreach (var row in session.QueryAsync(select, options, CqlText.Cancelled))
        {
            found.Add(row.Get<int>(0));
        }

        Assert.Equal([990], found);
        Assert.Empty(session.Query("SELECT part FROM thousand WHERE name = 'nobody' ALLOW FILTERING", options));
    }

    private static Statement[] Statements(Session session) =>
    [
        new SimpleStatement(Select),
        new SimpleStatement("SELECT part, name FROM thousand WHERE id = ?", 1),
        session.Prepare("SELECT part, name FROM thousand WHERE id = :id").Bind(1),
    ];

    /// <summary>A partition of a thousand rows, made once.</summary>
    public sealed class ThousandRows(PlainRing plain) : IAsyncDisposable
    {
        private readonly SemaphoreSlim _gate = new(1);
        private bool _filled;

        public ClassKeyspace Keyspace { get; } = new(plain);

        public async Task<Session> SessionAsync(ProtocolVersion version)
        {
            var session = await Keyspace.SessionAsync(version);
            await _gate.WaitAsync(CqlText.Cancelled);
            try
            {
                if (!_filled)
                {
                    await session.RunAsync("CREATE TABLE thousand (id int, part int, name text, PRIMARY KEY (id, part))");
                    var insert = session.Prepare("INSERT INTO thousand (id, part, name) VALUES (1, ?, ?)");
                    await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => session.RunAsync(insert.Bind(i, $"name {i}"))));
                    _filled = true;
                }
            }
            finally
            {
                _gate.Release();
            }

            return session;
        }

        public async ValueTask DisposeAsync()
        {
            await Keyspace.DisposeAsync();
            _gate.Dispose();
        }
    }
}
