using System.Security.Cryptography;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

/// <summary>Encrypted columns on a real node.</summary>
[Collection(PlainRingCollection.Name)]
public sealed class ColumnEncryptionRingTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachVersion]
    public async Task Encrypted_columns_are_written_found_routed_and_read_and_bytes_to_others(ProtocolVersion version)
    {
        var plain = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(plain, "email blob PRIMARY KEY, name text, age blob");
        var ring = new ColumnKeyRing(new ColumnKey(1, SHA256.HashData("old"u8)));
        var vault = new Vault { Ring = ring };
        await using var cluster = new Cluster(await keyspace.OptionsAsync(version) with
        {
            ColumnEncryption = new ColumnEncryption(
                vault,
                new EncryptedColumn(keyspace.Name, table, "email", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic },
                new EncryptedColumn(keyspace.Name, table, "age", CqlType.Int)),
        });
        var session = await cluster.ConnectAsync(keyspace.Name, Token);
        var insert = await session.PrepareAsync($"INSERT INTO {table} (email, name, age) VALUES (?, ?, ?)", Token);
        var read = await session.PrepareAsync($"SELECT email, name, age FROM {table} WHERE email = ?", Token);
        for (var i = 0; i < 20; i++)
        {
            await session.ExecuteAsync(insert.Bind($"user{i}", $"User {i}", i == 0 ? (int?)null : i), cancellationToken: Token);
        }

        for (var i = 0; i < 20; i++)
        {
            var row = Assert.Single(await session.ExecuteAsync(read.Bind($"user{i}"), cancellationToken: Token));
            Assert.Equal(($"user{i}", $"User {i}", i == 0 ? null : i), (row.Get<string>(0), row.Get<string>(1), row.Get<int?>(2)));
        }

        // The server hashes the same bytes as the driver does.
        var stored = (await plain.ExecuteAsync($"SELECT email, token(email), age FROM {table}".AsCql(), cancellationToken: Token)).ToList();
        Assert.Equal(20, stored.Count);
        var tokens = stored.Select(row => Token1(row)).ToHashSet();
        Assert.All(Enumerable.Range(0, 20), i => Assert.Contains(cluster.Metadata.GetToken(read.Bind($"user{i}").RoutingKey!.Value).ToString(), tokens));
        Assert.Single(stored, row => row.IsNull(2));

        // A new key: what is written with it is read by a client that had only the old one until now.
        vault.Ring = new ColumnKeyRing(new ColumnKey(2, SHA256.HashData("new"u8)), ring.Current);
        await using var newer = new Cluster(cluster.Options);
        await (await newer.ConnectAsync(keyspace.Name, Token)).ExecuteAsync(
            new SimpleStatement($"INSERT INTO {table} (email, name, age) VALUES (?, ?, ?)", "rotated", "R", 99), cancellationToken: Token);
        var ages = await session.QueryAsync($"SELECT name, age FROM {table}".AsCql(), cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(99, Assert.Single(ages, row => row.Get<string>(0) == "R").Get<int>(1));
        Assert.Equal(Enumerable.Range(1, 19).Append(99), ages.Select(row => row.Get<int?>(1)).OfType<int>().Order());

        static string Token1(Row row) => Ilium.Token.FromMurmur3(row.Get<long>(1)).ToString();
    }

    private sealed class Vault : ColumnKeyProvider
    {
        public required ColumnKeyRing Ring { get; set; }

        public override ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(Ring);
    }
}
