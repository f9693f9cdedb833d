using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Mapping;

/// <summary>Queries that give values of types: over pages whose columns change, and with their memory given back.</summary>
public class MappedQueryTests
{
    private const string Cql = "SELECT people";
    private static readonly ColumnSpec Name = new("name", TypeBytes.Text);
    private static readonly ColumnSpec Age = new("age", TypeBytes.Int);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Columns_that_change_between_pages_are_found_anew(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        driver.Server.Define(Cql, new ServerStatement { Result = [Name, Age] });
        driver.Server.On(request => request.Is(WireOpcode.Execute) && request.Cql == Cql, Answer);
        driver.Server.On(request => request.Mentions("SELECT renamed"), request => request.Rows(
            request.Parts.PagingState is null ? [Name, Age] : [Name, new("years", TypeBytes.Int)],
            [[ValueBytes.Text("a"), ValueBytes.Int(1)]],
            new RowsOptions { PagingState = request.Parts.PagingState is null ? [1] : null }));
        var (session, _) = await driver.ConnectAsync();
        var statement = (await session.PrepareAsync(Cql, Cancelled)).Bind();

        Assert.Equal([new("a", 1), new("b", 2), new("c", 3), new Person("d", 4)], await session.QueryAsync<Person>(statement, cancellationToken: Cancelled).ToArrayAsync(Cancelled));
        Assert.Equal([new("a", 1), new("b", 2), new("c", 3), new Person("d", 4)], session.Query<Person>(statement));

        // What a column was renamed to is nobody's: the page before it was read.
        var seen = new List<Person>();
        var error = await Assert.ThrowsAsync<MappingException>(async () =>
        {
            await foreach (var person in session.QueryAsync<Person>("SELECT renamed", cancellationToken: Cancelled))
            {
                seen.Add(person);
            }
        });
        Assert.Equal([new Person("a", 1)], seen);
        Assert.Equal(["age"], error.Missing);

        static void Answer(ServerRequest request)
        {
            switch (request.Parts.PagingState)
            {
                case null:
                    request.Rows([Name, Age], [[ValueBytes.Text("a"), ValueBytes.Int(1)], [ValueBytes.Text("b"), ValueBytes.Int(2)]], new RowsOptions { PagingState = [1] });
                    break;
                case [1]:
                    ColumnSpec[] columns = [new("id", TypeBytes.Bigint), Age, Name];
                    request.Rows(columns, [[ValueBytes.Bigint(9), ValueBytes.Int(3), ValueBytes.Text("c")]], new RowsOptions
                    {
                        PagingState = [2],
                        NoMetadata = false,
                        NewMetadataId = request.Connection.HasMetadataIds ? [7, 7] : null,
                    });
                    break;
                default:
                    request.Rows([Name, Age], [[ValueBytes.Text("d"), ValueBytes.Int(4)]], new RowsOptions { NoMetadata = false, NewMetadataId = request.Connection.HasMetadataIds ? [8, 8] : null });
                    break;
            }
        }
    }

    [Fact]
    public async Task Text_values_and_interpolated_strings_go_the_same_way()
    {
        await using var driver = new ScriptedCluster();
        driver.Server.Define("SELECT people WHERE k = ?", new ServerStatement { Bind = ScriptedCluster.Key, Result = [Name, Age], Rows = [[ValueBytes.Text("a"), ValueBytes.Int(1)]] });
        driver.Server.Define(Cql, new ServerStatement { Result = [Name, Age], Rows = [[ValueBytes.Text("b"), ValueBytes.Int(2)]] });
        var (session, _) = await driver.ConnectAsync();
        const int Key = 5;

        Assert.Equal([new Person("a", 1)], await session.QueryAsync<Person>($"SELECT people WHERE k = {Key}", cancellationToken: Cancelled).ToArrayAsync(Cancelled));
        Assert.Equal([new Person("a", 1)], session.Query<Person>($"SELECT people WHERE k = {Key}"));
        Assert.Equal(new Person("b", 2), await session.QueryAsync<Person>(Cql, cancellationToken: Cancelled).SingleAsync(Cancelled));
        Assert.Equal(new Person("b", 2), session.Query<Person>(Cql).Single());
    }

    [Fact]
    public async Task Leaving_the_loop_ends_the_page_fetched_ahead()
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(request => request.Mentions(Cql) && request.Parts.PagingState is null, request => request.Rows(
            [Name, Age], [[ValueBytes.Text("a"), ValueBytes.Int(1)], [ValueBytes.Text("b"), ValueBytes.Int(2)]], new RowsOptions { PagingState = [1] }));
        var ahead = driver.Server.Hold(request => request.Mentions(Cql) && request.Parts.PagingState is not null);
        var (session, _) = await driver.ConnectAsync();

        await foreach (var person in session.QueryAsync<Person>(Cql, cancellationToken: Cancelled))
        {
            Assert.Equal(new Person("a", 1), person);
            await ahead.NextAsync(1, Cancelled);
            break;
        }

        // Given up, and its id kept until the answer comes.
        Assert.Equal(1, driver.Connection.Orphans);
    }
}
