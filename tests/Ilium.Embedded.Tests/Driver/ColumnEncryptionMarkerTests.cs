using System.Security.Cryptography;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>Bind markers that don't say which column they stand for: whatever is bound to them is encrypted, or refused.</summary>
public sealed class ColumnEncryptionMarkerTests
{
    private static readonly ColumnKeyRing Keys = new(new ColumnKey(7, SHA256.HashData("a key"u8)));

    private static readonly EncryptedColumn Email = new("shop", "people", "email", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic };
    private static readonly EncryptedColumn Year = new("shop", "people", "year", CqlType.Int) { Mode = ColumnEncryptionMode.Deterministic };
    private static readonly EncryptedColumn Secret = new("shop", "people", "secret", CqlType.Blob);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, : s)")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, :\t\r\n\"S\")")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, :/* ? */s)")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, : -- s\n s)")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, :// s\n s)")]
    [InlineData("UPDATE people SET secret = (blob) : s WHERE email = ? AND year = ? AND month = ?")]
    [InlineData("UPDATE people SET secret = ? WHERE email = ? AND year = ? AND month = ? IF secret IN :s")]
    [InlineData("BEGIN BATCH UPDATE people SET name = '--' WHERE email = ? AND year = ? AND month = ?; UPDATE people SET secret = : s WHERE email = ? AND year = ? AND month = ?; APPLY BATCH")]
    [InlineData("SELECT * FROM people WHERE token(email) > token(?)")]
    [InlineData("SELECT * FROM people WHERE token(email) > token(:s)")]
    public async Task What_may_take_bytes_past_the_encryption_is_refused(string cql)
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, Email, Year, Secret);
        var thrown = await Assert.ThrowsAsync<ColumnEncryptionException>(() => cluster.CreateSession("shop").PrepareAsync(cql, Token).AsTask());
        Assert.Equal((ColumnEncryptionFault.Column, "secret"), (thrown.Fault, thrown.Column.Name));
        Assert.Contains("may stand for it", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO people JSON ?", "INSERT JSON")]
    [InlineData("INSERT INTO people json :j DEFAULT UNSET", "INSERT JSON")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, textAsBlob(?))", "textasblob")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, int_as_blob((int)?))", "int_as_blob")]
    [InlineData("SELECT * FROM people WHERE email = \"textasblob\"(:email)", "textasblob")]
    [InlineData("INSERT INTO people (email, year, month, secret) VALUES (?, ?, ?, fromJson(?))", "fromjson")]
    public async Task What_the_server_would_make_a_blob_of_is_refused(string cql, string conversion)
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, Email);
        var thrown = await Assert.ThrowsAsync<ColumnEncryptionException>(() => cluster.CreateSession("shop").PrepareAsync(cql, Token).AsTask());
        Assert.Equal((ColumnEncryptionFault.Column, "email"), (thrown.Fault, thrown.Column.Name));
        Assert.Contains(conversion, thrown.Message, StringComparison.Ordinal);
        // Tables of which nothing is encrypted take what they took.
        await cluster.CreateSession("shop").PrepareAsync(cql.Replace("people", "others", StringComparison.Ordinal), Token);
    }

    [Theory]
    [InlineData("INSERT INTO people (email, year, month, name) VALUES (?, ?, ?, ':s : s -- :s')")]
    [InlineData("INSERT INTO people (email, year, month, name) VALUES (?, ?, ?, $$it's :s$$) -- :secret\n")]
    [InlineData("INSERT INTO people (email, year, month, json) VALUES (:email, :year, ?, {'a' : 0x00})")]
    [InlineData("UPDATE people SET json['a'] = ?, secret = :secret WHERE email = ? AND year = ? AND month = ?")]
    [InlineData("UPDATE people SET json = json + :more WHERE email = ? AND year = ? AND month = ?")]
    [InlineData("UPDATE people SET secret = (blob)? WHERE email = ? AND year = ? AND month = ?")]
    public async Task What_is_certain_is_not(string cql)
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, Email, Year, Secret);
        var prepared = await cluster.CreateSession("shop").PrepareAsync(cql, Token);
        Assert.Equal(["blob (encrypted text)", "blob (encrypted int)"], prepared.Variables.Where(one => one.Name is "email" or "year").Select(one => one.Type.ToString()));
        Assert.All(prepared.Variables.Where(one => one.Name == "secret"), one => Assert.Equal("blob (encrypted blob)", one.Type.ToString()));
    }

    [Fact]
    public async Task Several_values_in_one_marker_are_encrypted_each()
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, Email, Year, Secret with { Mode = ColumnEncryptionMode.Deterministic });
        var shop = cluster.CreateSession("shop");
        foreach (var (email, year, month) in new[] { ("a", 1, (byte)1), ("a", 2, (byte)2), ("b", 1, (byte)3) })
        {
            await shop.ExecuteAsync($"INSERT INTO people (email, year, month, secret) VALUES ({email}, {year}, {new[] { month }}, {new[] { month }})", cancellationToken: Token);
        }

        var several = await shop.PrepareAsync("SELECT month FROM people WHERE email IN ?", Token);
        Assert.Equal("list<blob (encrypted text)>", several.Variables[0].Type.ToString());
        Assert.Equal([1, 2, 3], await Months(several.Bind(new List<string> { "a", "b", "c" })));
        Assert.Equal([3], await Months(several.Bind([new[] { "b" }])));
        Assert.Throws<InvalidTypeException>(() => several.Bind(new List<byte[]> { new byte[] { 1 } }));
        Assert.Equal([1, 2], await Months(new SimpleStatement("SELECT month FROM people WHERE email = ? AND year IN ?", "a", new[] { 1, 2, 3 })));

        var both = await shop.PrepareAsync("SELECT month FROM people WHERE email = ? AND (year, month) = ?", Token);
        Assert.Equal("tuple<blob (encrypted int), blob>", both.Variables[1].Type.ToString());
        Assert.Equal([2], await Months(both.Bind("a", (2, new byte[] { 2 }))));
        Assert.Equal([1, 2], await Months(new SimpleStatement(
            "SELECT month FROM people WHERE email = ? AND (year, month) IN ?", "a", new List<(int, byte[])> { (1, [1]), (2, [2]), (2, [9]) })));

        var conditional = await shop.PrepareAsync("UPDATE people SET name = 'x' WHERE email = ? AND year = ? AND month = ? IF secret IN ?", Token);
        Assert.Equal("list<blob (encrypted blob)>", conditional.Variables[3].Type.ToString());
        Assert.True((await shop.ExecuteAsync(conditional.Bind("a", 1, new byte[] { 1 }, new List<byte[]> { new byte[] { 1 } }), cancellationToken: Token)).WasApplied);

        async Task<IEnumerable<int>> Months(Statement statement) =>
            (await shop.QueryAsync(statement, cancellationToken: Token).Select(row => (int)row.Get<byte[]>(0)![0]).ToListAsync(Token)).Order();
    }

    private static Cluster Connect(EmbeddedNode node, params EncryptedColumn[] columns) => new(node.Connect(new ClusterOptions
    {
        ContactPoints = ["replaced"],
        ColumnEncryption = new ColumnEncryption(ColumnKeyProvider.Fixed(Keys), columns),
    }));

    private static async Task<EmbeddedNode> StartAsync()
    {
        var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect());
        var session = await cluster.ConnectAsync(Token);
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Token);
        foreach (var table in new[] { "people", "others" })
        {
            await session.ExecuteAsync(
                new SimpleStatement($"CREATE TABLE shop.{table} (email blob, year blob, month blob, secret blob, name text, json map<text, blob>, PRIMARY KEY (email, year, month))"),
                cancellationToken: Token);
        }

        return node;
    }
}
