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

    [Theory, EachVersion]
    public async Task Markers_that_do_not_say_their_column_are_encrypted_or_refused(ProtocolVersion version)
    {
        var plain = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(plain, "email blob, year blob, month int, secret blob, PRIMARY KEY (email, year, month)");
        await using var cluster = new Cluster(await keyspace.OptionsAsync(version) with
        {
            ColumnEncryption = new ColumnEncryption(
                ColumnKeyProvider.Fixed(new ColumnKeyRing(new ColumnKey(1, SHA256.HashData("key"u8)))),
                new EncryptedColumn(keyspace.Name, table, "email", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic },
                new EncryptedColumn(keyspace.Name, table, "year", CqlType.Int) { Mode = ColumnEncryptionMode.Deterministic },
                new EncryptedColumn(keyspace.Name, table, "secret", CqlType.Blob)),
        });
        var session = await cluster.ConnectAsync(keyspace.Name, Token);
        foreach (var cql in new[]
        {
            $"INSERT INTO {table} (email, year, month, secret) VALUES (?, ?, ?, : s)",
            $"INSERT INTO {table} (email, year, month, secret) VALUES (?, ?, ?, :/**/s)",
            $"INSERT INTO {table} (email, year, month, secret) VALUES (?, ?, ?, textAsBlob(?))",
            $"INSERT INTO {table} (email, year, month, secret) VALUES (?, ?, ?, fromJson(?))",
            $"INSERT INTO {table} JSON ?",
            $"SELECT * FROM {table} WHERE token(email) > token(?)",
            $"UPDATE {table} SET secret = 0x00 WHERE email = ? AND year = ? AND month = ? IF secret IN :s",
        })
        {
            Assert.Equal(ColumnEncryptionFault.Column, (await Assert.ThrowsAsync<ColumnEncryptionException>(() => session.PrepareAsync(cql, Token).AsTask())).Fault);
        }

        var insert = await session.PrepareAsync($"INSERT INTO {table} (email, year, month, secret) VALUES (?, ?, ?, (blob)?)", Token);
        foreach (var (email, month) in new[] { ("a", 1), ("a", 2), ("b", 3) })
        {
            await session.ExecuteAsync(insert.Bind(email, 2000 + month, month, new byte[] { 7 }), cancellationToken: Token);
        }

        Assert.Equal([1, 2, 3], await Months(new SimpleStatement($"SELECT month FROM {table} WHERE email IN ?", [new List<string> { "a", "b", "c" }])));
        Assert.Equal([2], await Months(new SimpleStatement($"SELECT month FROM {table} WHERE email = ? AND (year, month) = ?", "a", (2002, 2))));
        Assert.Equal([1, 2], await Months(new SimpleStatement($"SELECT month FROM {table} WHERE email = ? AND (year, month) IN ?", "a", new List<(int, int)> { (2001, 1), (2002, 2), (2002, 1) })));
        var stored = await plain.QueryAsync($"SELECT email, secret FROM {table}".AsCql(), cancellationToken: Token).ToListAsync(Token);
        Assert.Equal([(35, 35), (35, 35), (35, 35)], stored.Select(row => (row.GetBytes(0).Length, row.GetBytes(1).Length)));

        async Task<IEnumerable<int>> Months(Statement statement) =>
            (await session.QueryAsync(statement, cancellationToken: Token).Select(row => row.Get<int>(0)).ToListAsync(Token)).Order();
    }

    private sealed class Vault : ColumnKeyProvider
    {
        public required ColumnKeyRing Ring { get; set; }

        public override ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(Ring);
    }
}
