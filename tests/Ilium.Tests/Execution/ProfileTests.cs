using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Profiles: by name, derived, for one request, and what comes before what.</summary>
public class ProfileTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_closer_to_the_call_the_sooner_it_counts()
    {
        var profiles = new Dictionary<string, ExecutionProfile> { ["reports"] = new() { PageSize = 20, Consistency = ConsistencyLevel.Two } };
        await using var ring = new ScriptedRing(1, new ClusterOptions { Profiles = profiles, PageSize = 10, Consistency = ConsistencyLevel.One });
        var (session, read, _) = await ring.ConnectAsync();
        var reports = session.WithProfile("reports");
        var own = new BoundWith(read);
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await reports.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await reports.ExecuteAsync(own.Profile(30), cancellationToken: Cancelled);
        await reports.ExecuteAsync(own.Options(40, profile: 30), cancellationToken: Cancelled);
        await reports.ExecuteAsync(own.Options(40, profile: 30), new ExecutionOptions { Profile = new ExecutionProfile { PageSize = 50 } }, Cancelled);
        await reports.ExecuteAsync(own.Options(40, profile: 30), new ExecutionOptions { Profile = new ExecutionProfile { PageSize = 50 }, PageSize = 60 }, Cancelled);
        Assert.Equal([10, 20, 30, 40, 50, 60], ring.Requests.Select(request => request.Parts.PageSize!.Value));
        Assert.Equal(
            [ConsistencyLevel.One, .. Enumerable.Repeat(ConsistencyLevel.Two, 5)], ring.Requests.Select(request => (ConsistencyLevel)request.Parts.Consistency));
    }

    [Fact]
    public async Task A_profile_is_derived_from_another_and_goes_along_with_keyspace_and_pages()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var slow = new ExecutionProfile { Consistency = ConsistencyLevel.Quorum, SerialConsistency = ConsistencyLevel.LocalSerial, PageSize = 7 };
        var derived = session.WithProfile(slow with { PageSize = 8 }).WithKeyspace("other").WithProfile(new ExecutionProfile { Timeout = TimeSpan.FromHours(1) });
        Assert.Equal("other", derived.Keyspace);
        await derived.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await foreach (var _ in derived.QueryAsync(read.Bind(1), cancellationToken: Cancelled))
        {
        }

        Assert.All(ring.Requests, request => Assert.Equal(
            (8, ConsistencyLevel.Quorum, ConsistencyLevel.LocalSerial),
            (request.Parts.PageSize!.Value, (ConsistencyLevel)request.Parts.Consistency, (ConsistencyLevel)request.Parts.SerialConsistency!.Value)));
        Assert.Equal(TimeSpan.FromHours(1).TotalMilliseconds, derived.Settings.Timeout);
    }

    [Fact]
    public async Task A_retry_policy_and_idempotence_may_come_from_a_profile()
    {
        await using var ring = new ScriptedRing(2);
        var (session, read, write) = await ring.ConnectAsync();
        ring.Answers(ScriptedRing.Error(WireError.Overloaded));
        await session.WithProfile(new ExecutionProfile { IsIdempotent = true }).ExecuteAsync(write.Bind(1), cancellationToken: Cancelled);
        Assert.Equal(2, ring.Asked.Count);
        ring.Answers(ScriptedRing.Error(WireError.Overloaded));
        var never = session.WithProfile(new ExecutionProfile { RetryPolicy = RetryPolicy.Fallthrough });
        await Assert.ThrowsAsync<OverloadedException>(async () => await never.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.Equal(3, ring.Asked.Count);
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_those_that_there_are()
    {
        var profiles = new Dictionary<string, ExecutionProfile> { ["slow"] = new(), ["fast"] = new() };
        await using var ring = new ScriptedRing(1, new ClusterOptions { Profiles = profiles });
        profiles.Clear();
        var (session, _, _) = await ring.ConnectAsync();
        var failure = Assert.Throws<ArgumentException>(() => session.WithProfile("Slow"));
        Assert.StartsWith("There is no profile 'Slow'. ClusterOptions.Profiles has: fast, slow.", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(session.WithProfile("slow"));
    }

    [Fact]
    public void Faults_of_profiles_and_policies_are_listed_with_all_others()
    {
        var profiles = new Dictionary<string, ExecutionProfile> { ["odd"] = new() { Timeout = TimeSpan.Zero }, ["none"] = null!, ["unknown"] = new() { Consistency = (ConsistencyLevel)99 } };
        var failure = Assert.Throws<InvalidOptionsException>(
            () => new Cluster(new ClusterOptions { ContactPoints = ["x"], Profiles = profiles, RetryPolicy = null! }));
        Assert.Equal(
            [
                "RetryPolicy is null: RetryPolicy.Fallthrough never tries again.",
                "Profile 'odd': Timeout is positive, or infinite, not 00:00:00.",
                "Profiles holds null under 'none': leave it out.",
                "Profile 'unknown': Consistency is 99, which is no consistency level.",
            ],
            failure.Faults);
    }

    private sealed class BoundWith(PreparedStatement read)
    {
        internal BoundStatement Profile(int pageSize) => With(new ExecutionOptions { Profile = new ExecutionProfile { PageSize = pageSize } });

        internal BoundStatement Options(int pageSize, int profile) =>
            With(new ExecutionOptions { PageSize = pageSize, Profile = new ExecutionProfile { PageSize = profile } });

        private BoundStatement With(ExecutionOptions options)
        {
            var bound = read.Bind(1);
            return new BoundStatement(read, bound.State, bound.Values, bound.Count) { Options = options };
        }
    }
}
