namespace Ilium.IntegrationTests.Clusters;

/// <summary>Short forms for what nearly every test writes.</summary>
internal static class CqlText
{
    internal static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Says that a string with holes is text, of names the test has made itself, and no statement with values.</summary>
    internal static string AsCql(this string text) => text;

    internal static async Task CreateKeyspaceAsync(this Session session, string name) => await session.ExecuteAsync(
        $"CREATE KEYSPACE {name} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}}".AsCql(), cancellationToken: Cancelled);

    internal static async Task<RowSet> RunAsync(this Session session, string cql, ExecutionOptions? options = null) =>
        await session.ExecuteAsync(new SimpleStatement(cql), options, Cancelled);

    internal static async Task<RowSet> RunAsync(this Session session, Statement statement, ExecutionOptions? options = null) =>
        await session.ExecuteAsync(statement, options, Cancelled);

    /// <summary>The only value of the only row.</summary>
    internal static async Task<T> ScalarAsync<T>(this Session session, string cql) => Assert.Single((IEnumerable<Row>)await session.RunAsync(cql)).Get<T>(0);
}
