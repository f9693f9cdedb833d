using Ilium.Tests;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>Statements that change the schema wait for the nodes to agree.</summary>
public class SchemaDisagreementTests
{
    private const string Ddl = "CREATE TABLE IF NOT EXISTS shop.made (k int PRIMARY KEY)";
    private const string Look = "SELECT schema_version";

    private static readonly ClusterOptions Quick = new() { Schema = new SchemaOptions { AgreementInterval = TimeSpan.FromMilliseconds(1) } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_when_the_last_node_has_the_change(bool blocking)
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Quick);
        nodes.Nodes.Nodes[1].DisagreeOnSchema(true);
        var looks = nodes.Nodes.Faults.Add(Fault.Watch() with { Statement = Look });

        var creating = blocking ? Task.Run(() => nodes.Session.Execute(Ddl), Cancel) : nodes.Session.ExecuteAsync(Ddl, cancellationToken: Cancel).AsTask();
        await looks.WaitAsync(3, Cancel);
        Assert.False(creating.IsCompleted);
        nodes.Nodes.Nodes[1].DisagreeOnSchema(false);

        var result = await creating;
        Assert.True(result.Info.IsSchemaInAgreement);
        Assert.NotNull(result.Info.Node);
        Assert.Empty(result);
    }

    [Fact]
    public async Task Nodes_that_never_agree_are_told_and_fail_nothing()
    {
        var log = new RecordingLog();
        await using var nodes = await DrivenNodes.StartAsync(2, new ClusterOptions
        {
            LoggerFactory = log,
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromMilliseconds(50), AgreementInterval = TimeSpan.FromMilliseconds(10) },
        });
        nodes.Nodes.Nodes[1].DisagreeOnSchema(true);
        var looks = nodes.Nodes.Faults.Add(Fault.Watch() with { Statement = Look });

        Assert.False((await nodes.Session.ExecuteAsync(Ddl, cancellationToken: Cancel)).Info.IsSchemaInAgreement);

        // Each look asks for the node's own version and for those of its peers.
        Assert.InRange(looks.Met, 1, 12);
        Assert.Single(log.Lines, line => line.Id == 122);
        Assert.False(await nodes.Cluster.WaitForSchemaAgreementAsync(Cancel));
    }

    [Fact]
    public async Task The_time_of_the_request_bounds_the_wait_and_running_out_of_it_is_no_error()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Quick);
        nodes.Nodes.Nodes[1].DisagreeOnSchema(true);
        var options = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(200) };

        Assert.False((await nodes.Session.ExecuteAsync("ALTER TABLE shop.numbers ADD a int", options, Cancel)).Info.IsSchemaInAgreement);
        Assert.False(nodes.Session.Execute("ALTER TABLE shop.numbers ADD b int", options).Info.IsSchemaInAgreement);
    }

    [Fact]
    public async Task Zero_does_not_wait_and_statements_that_change_nothing_never_do()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, new ClusterOptions { Schema = new SchemaOptions { AgreementTimeout = TimeSpan.Zero } });
        nodes.Nodes.Nodes[1].DisagreeOnSchema(true);
        var looks = nodes.Nodes.Faults.Add(Fault.Watch() with { Statement = Look });

        Assert.Null((await nodes.Session.ExecuteAsync(Ddl, cancellationToken: Cancel)).Info.IsSchemaInAgreement);
        Assert.Null((await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel)).Info.IsSchemaInAgreement);
        Assert.Equal(0, looks.Met);
        Assert.False(nodes.Cluster.WaitForSchemaAgreement());
        Assert.NotEqual(0, looks.Met);
    }

    [Theory]
    [InlineData(1, true, 0)]
    [InlineData(2, null, 1)]
    public async Task When_the_connection_ends_meanwhile_the_next_one_is_asked_and_then_the_agreement_is_unknown_and_the_statement_done(int times, bool? agrees, int warnings)
    {
        var log = new RecordingLog();
        await using var nodes = await DrivenNodes.StartAsync(1, new ClusterOptions { LoggerFactory = log });
        nodes.Nodes.Faults.Add(Fault.CloseConnection() with { Statement = Look, Times = times });

        Assert.Equal(agrees, (await nodes.Session.ExecuteAsync(Ddl, cancellationToken: Cancel)).Info.IsSchemaInAgreement);

        Assert.Equal(warnings, log.Lines.Count(line => line.Id == 123));
        Assert.Empty(await nodes.Session.ExecuteAsync("SELECT k FROM shop.made", cancellationToken: Cancel));
    }

    [Fact]
    public async Task The_wait_can_be_cancelled()
    {
        await using var nodes = await DrivenNodes.StartAsync(1);
        var held = nodes.Nodes.Faults.Add(Fault.Hold() with { Statement = Look });
        using var source = new CancellationTokenSource();

        var creating = nodes.Session.ExecuteAsync(Ddl, cancellationToken: source.Token).AsTask();
        await held.WaitAsync(1, Cancel);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating);
    }

    [Fact]
    public async Task Then_the_metadata_shows_the_change()
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        await nodes.Cluster.GetSchemaAsync(Cancel);

        await nodes.Session.ExecuteAsync(Ddl, cancellationToken: Cancel);

        Assert.NotNull(nodes.Cluster.Metadata.FindTable("shop", "made"));
    }
}
