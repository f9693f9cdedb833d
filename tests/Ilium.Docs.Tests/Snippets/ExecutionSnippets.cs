using Microsoft.Extensions.Logging.Abstractions;

namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class ExecutionSnippets(DocsRing ring)
{
    [Fact]
    public async Task Idempotent_writes_are_marked()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        // snippet: retries-idempotent
        var rename = new SimpleStatement("UPDATE users SET name = ? WHERE id = ?", "Ann", id)
        {
            Options = new ExecutionOptions { IsIdempotent = true },
        };
        var result = await session.ExecuteAsync(rename);
        foreach (var attempt in result.Info.Attempts)
        {
            Console.WriteLine($"{attempt.Node} failed after {attempt.Elapsed}: {attempt.Outcome}");
        }

        // end
        Assert.Empty(result.Info.Attempts);
        Assert.Equal("Ann", (await session.ExecuteAsync($"SELECT name FROM users WHERE id = {id}")).First().Get<string>(0));
    }

    [Fact]
    public async Task A_policy_of_ones_own_overrides_what_it_cares_about()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: retries-use
        var patient = new ExecutionOptions { RetryPolicy = new PatientReads(), Consistency = ConsistencyLevel.One };
        var users = await session.ExecuteAsync("SELECT name FROM users", patient);
        // end
        Assert.Empty(users);
        var context = new RetryContext(new SimpleStatement("SELECT name FROM users"), null, ConsistencyLevel.One, IsIdempotent: true, Retries: 3);
        Assert.Equal(RetryDecision.Rethrow, new PatientReads().OnReadTimeout(null!, context));
        Assert.Equal(RetryDecision.RetryNext(), new PatientReads().OnReadTimeout(null!, context with { Retries = 2 }));
    }

    [Fact]
    public async Task Consistency_is_lowered_only_where_that_is_asked_for()
    {
        var TheNode = await ring.NodeAsync();
        var loggerFactory = NullLoggerFactory.Instance;
        // snippet: retries-downgrade
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            RetryPolicy = new DowngradingConsistencyRetryPolicy(loggerFactory),
            Consistency = ConsistencyLevel.Two,
        };
        await using var cluster = new Cluster(options);
        var session = await cluster.ConnectAsync();
        var result = await session.ExecuteAsync("SELECT keyspace_name FROM system_schema.keyspaces");
        // end
        Assert.NotEmpty(result);
    }

    [Fact]
    public async Task Slow_requests_are_hedged()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: timeouts-speculative
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            RequestTimeout = TimeSpan.FromSeconds(2),
            SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Percentile(99),
        };
        await using var cluster = new Cluster(options);
        var session = await cluster.ConnectAsync();
        var report = new ExecutionOptions
        {
            Timeout = TimeSpan.FromMinutes(1),
            SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.None,
        };
        var keyspaces = await session.ExecuteAsync("SELECT keyspace_name FROM system_schema.keyspaces", report);
        // end
        Assert.NotEmpty(keyspaces);
    }

    [Fact]
    public async Task Requests_are_throttled()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: timeouts-throttle
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            MaxConcurrentRequests = 500,
            MaxRequestsPerSecond = 20_000,
            MaxQueuedRequests = 2_000,
        };
        await using var cluster = new Cluster(options);
        // end
        var session = await cluster.ConnectAsync();
        Assert.NotEmpty(await session.ExecuteAsync("SELECT keyspace_name FROM system_schema.keyspaces"));
    }

    [Fact]
    public async Task Profiles_are_named_derived_or_given_with_a_request()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: profiles
        var reports = new ExecutionProfile
        {
            Consistency = ConsistencyLevel.LocalOne,
            Timeout = TimeSpan.FromMinutes(1),
            PageSize = 20_000,
        };
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            Profiles = new Dictionary<string, ExecutionProfile>
            {
                ["reports"] = reports,
                ["audit"] = reports with { Consistency = ConsistencyLevel.All },
            },
        };
        await using var cluster = new Cluster(options);
        var session = await cluster.ConnectAsync();

        var audit = session.WithProfile("audit");
        var one = await audit.ExecuteAsync("SELECT keyspace_name FROM system_schema.keyspaces");
        var quick = reports with { Timeout = TimeSpan.FromSeconds(1) };
        var two = await session.ExecuteAsync("SELECT keyspace_name FROM system_schema.keyspaces", new ExecutionOptions { Profile = quick });
        // end
        Assert.Equal(one.Count, two.Count);
        Assert.Throws<ArgumentException>(() => session.WithProfile("Audit"));
    }

    [Fact]
    public async Task Many_statements_are_run_so_many_at_a_time()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statements-many
        var insert = await session.PrepareAsync("INSERT INTO users (id, name, age) VALUES (?, ?, ?)");
        var people = Enumerable.Range(1, 1_000).Select(i => insert.Bind(Guid.NewGuid(), $"user {i}", i % 100));
        var options = new ExecuteManyOptions { MaxInFlight = 128, InOrder = false, ContinueOnError = true };

        var failures = 0;
        await foreach (var outcome in session.ExecuteManyAsync(people, options))
        {
            if (!outcome.Succeeded)
            {
                failures++;
                Console.Error.WriteLine($"{outcome.Index}: {outcome.Error}");
            }
        }

        // end
        Assert.Equal(0, failures);
        Assert.Equal(1_000, (await session.ExecuteAsync("SELECT count(*) FROM users")).First().Get<long>(0));
    }

    // snippet: retries-policy
    private sealed class PatientReads : RetryPolicy
    {
        public override RetryDecision OnReadTimeout(ReadTimeoutException error, in RetryContext context) =>
            context.Retries < 3 ? RetryDecision.RetryNext() : RetryDecision.Rethrow;

        public override RetryDecision OnConnectionClosed(ConnectionClosedException error, in RetryContext context) =>
            RetryPolicy.Default.OnConnectionClosed(error, context);
    }

    // end
}
