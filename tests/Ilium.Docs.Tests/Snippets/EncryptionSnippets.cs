using Ilium.Embedded;

namespace Ilium.Docs.Tests.Snippets;

public sealed class EncryptionSnippets
{
    [Fact]
    public async Task Columns_are_encrypted_where_they_are_named()
    {
        await using var node = await EmbeddedNode.StartAsync();
        var vault = new Vault();
        var TheNode = node.ContactPoint;
        await using (var plain = new Cluster(TheNode))
        {
            var creator = await plain.ConnectAsync();
            await creator.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            // snippet: encryption-table
            await creator.ExecuteAsync("CREATE TABLE shop.people (email blob PRIMARY KEY, name text, born blob)");
            // end
        }

        // snippet: encryption
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            ColumnEncryption = new ColumnEncryption(
                vault,
                new EncryptedColumn("shop", "people", "email", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic },
                new EncryptedColumn("shop", "people", "born", CqlType.Date)),
        };
        await using var cluster = new Cluster(options);
        var session = await cluster.ConnectAsync("shop");

        await session.ExecuteAsync($"INSERT INTO people (email, name, born) VALUES ({"jane@example.org"}, {"Jane"}, {new DateOnly(1990, 2, 3)})");

        RowSet rows = await session.ExecuteAsync($"SELECT name, born FROM people WHERE email = {"jane@example.org"}");
        Console.WriteLine($"{rows.First().Get<string>("name")} was born on {rows.First().Get<DateOnly>("born")}");
        // end
        Assert.Equal(new DateOnly(1990, 2, 3), rows.First().Get<DateOnly>("born"));
    }

    // snippet: encryption-keys
    public sealed class Vault : ColumnKeyProvider
    {
        public override async ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken)
        {
            byte[] current = await FetchAsync(name, 2, cancellationToken);
            byte[] former = await FetchAsync(name, 1, cancellationToken);
            return new ColumnKeyRing(new ColumnKey(2, current), new ColumnKey(1, former));
        }
        //-

        //-
        private static Task<byte[]> FetchAsync(string name, byte version, CancellationToken cancellationToken) => Task.FromResult(Enumerable.Repeat(version, ColumnKey.Length).ToArray());
    }
    // end
}
