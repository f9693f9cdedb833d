using System.Security.Cryptography;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>Encrypted columns, from the first statement to the rows.</summary>
public sealed class ColumnEncryptionTests
{
    private static readonly ColumnKeyRing Keys = new(new ColumnKey(7, SHA256.HashData("a key"u8)));

    private static readonly EncryptedColumn Email = new("shop", "people", "email", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic };
    private static readonly EncryptedColumn Age = new("shop", "people", "age", CqlType.Int);
    private static readonly EncryptedColumn Tags = new("shop", "people", "tags", new CqlSetType(CqlType.Text));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Whichever_way_values_are_written_the_server_has_bytes_and_rows_have_values(ProtocolVersion version)
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, version, Email, Age, Tags);
        var shop = cluster.CreateSession("shop");
        var insert = await shop.PrepareAsync("INSERT INTO people (email, name, age, tags) VALUES (?, ?, ?, ?)", Token);
        Assert.Equal("blob (encrypted text)", insert.Variables[0].Type.ToString());

        await shop.ExecuteAsync(insert.Bind("bound", "A", 1, new HashSet<string> { "x" }), cancellationToken: Token);
        await shop.ExecuteAsync(insert.Bind(["objects", "B", 2, new[] { "x", "y" }]), cancellationToken: Token);
        await shop.ExecuteAsync(insert.CreateBuilder().Set("email", "builder").Set(1, "C").Set("age", 3).Set("tags", new List<string>()).Build(), cancellationToken: Token);
        await shop.ExecuteAsync(new SimpleStatement("INSERT INTO people (email, name, age) VALUES (?, ?, ?)", "simple", "D", 0), cancellationToken: Token);
        await shop.ExecuteAsync($"INSERT INTO people (email, name, age) VALUES ({"holes"}, {"E"}, {5})", cancellationToken: Token);
        await shop.ExecuteAsync(
            new SimpleStatement("INSERT INTO people (email, name) VALUES (:email, :name)", new Dictionary<string, object?> { ["email"] = "", ["name"] = "F" }), cancellationToken: Token);
        await shop.ExecuteAsync(new BatchStatement
        {
            insert.Bind("batch", "G", (int?)null, (HashSet<string>?)null),
            new SimpleStatement("UPDATE people SET age = ? WHERE email = ?", 8, "builder"),
        }, cancellationToken: Token);

        // Found by the value, read as the value.
        Assert.Equal(
            [("", "F", null), ("batch", "G", null), ("bound", "A", 1), ("builder", "C", 8), ("holes", "E", 5), ("objects", "B", 2), ("simple", "D", (int?)0)],
            (await shop.QueryAsync("SELECT email, name, age FROM people", new ExecutionOptions { PageSize = 2 }, Token)
                .Select(row => (row.Get<string>("email"), row.Get<string>("name"), row.Get<int?>("age"))).ToListAsync(Token)).Order());
        var row = Assert.Single(await shop.ExecuteAsync($"SELECT * FROM people WHERE email = {"objects"}", cancellationToken: Token));
        Assert.Equal(new HashSet<string> { "x", "y" }, row.Get<HashSet<string>>("tags"));
        Assert.Equal(2, row["age"]);
        Assert.Empty(await shop.ExecuteAsync($"SELECT * FROM people WHERE email = {"nobody"}", cancellationToken: Token));
        var read = await shop.PrepareAsync("SELECT age, tags FROM people WHERE email = ?", Token);
        Assert.True(Assert.Single(await shop.ExecuteAsync(read.Bind(""), cancellationToken: Token)).IsNull("age"));
        Assert.Equal(2, (await shop.ExecuteAsync(new SimpleStatement("SELECT name FROM people WHERE email IN (?, ?)", "bound", "batch"), cancellationToken: Token)).Count);

        // The token is that of what the server has.
        if (version >= ProtocolVersion.V4)
        {
            var bytes = read.Bind("bound").RoutingKey;
            await using var blind = new Cluster(node.Connect());
            var stored = await (await blind.ConnectAsync("shop", Token)).QueryAsync("SELECT email, token(email) FROM people", cancellationToken: Token).ToListAsync(Token);
            Assert.Equal(7, stored.Count);
            Assert.Contains(stored, one => RoutingKey.FromComponents(one.Get<byte[]>(0)!) == bytes);
            Assert.All(stored, one => Assert.InRange(one.GetBytes(0).Length, 34, 60));
            Assert.DoesNotContain(stored, one => one.GetBytes(0).IndexOf("bound"u8) >= 0);
        }
    }

    [Fact]
    public async Task What_was_changed_or_written_without_the_key_fails_where_it_is_read_and_nothing_else_does()
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, ProtocolVersion.V5, Email, Age);
        await using var blind = new Cluster(node.Connect());
        var (shop, raw) = (cluster.CreateSession("shop"), blind.CreateSession("shop"));
        await shop.ExecuteAsync($"INSERT INTO people (email, name, age) VALUES ({"a"}, {"A"}, {41})", cancellationToken: Token);
        var (key, age) = Assert.Single(await raw.ExecuteAsync("SELECT email, age FROM people", cancellationToken: Token)) is var stored
            ? (stored.Get<byte[]>(0)!, stored.Get<byte[]>(1)!) : default;

        foreach (var (bytes, fault) in new (byte[], ColumnEncryptionFault)[]
        {
            ([.. age[..^1], (byte)(age[^1] ^ 1)], ColumnEncryptionFault.NotAuthentic),
            (age[..20], ColumnEncryptionFault.Truncated),
            ([], ColumnEncryptionFault.Truncated),
            ([0, 0, 0, 41], ColumnEncryptionFault.NotEncrypted),
            (key, ColumnEncryptionFault.NotAuthentic),
            ([1, 0, 0, 0, 0, 9, .. age[6..]], ColumnEncryptionFault.UnknownKey),
        })
        {
            await raw.ExecuteAsync($"UPDATE people SET age = {bytes} WHERE email = {key}", cancellationToken: Token);
            var row = Assert.Single(await shop.ExecuteAsync("SELECT email, name, age FROM people", cancellationToken: Token));
            var thrown = Assert.Throws<ColumnEncryptionException>(() => row.Get<int>("age"));
            Assert.Equal((Age, fault), (thrown.Column, thrown.Fault));
            Assert.Throws<ColumnEncryptionException>(() => row["age"]);
            Assert.Equal(("a", "A"), (row.Get<string>("email"), row.Get<string>("name")));
        }
    }

    [Fact]
    public async Task Columns_that_can_not_be_encrypted_are_refused_when_the_statement_is_prepared_or_answered()
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, ProtocolVersion.V5, new EncryptedColumn("shop", "people", "name", CqlType.Text), Email with { Mode = ColumnEncryptionMode.Randomized });
        var shop = cluster.CreateSession("shop");
        var text = await Assert.ThrowsAsync<ColumnEncryptionException>(() => shop.PrepareAsync("UPDATE people SET name = ? WHERE email = 0x00", Token).AsTask());
        Assert.Equal((ColumnEncryptionFault.Column, "The encrypted column shop.people.name can't be used: it is text to the server, and what is encrypted is a blob."), (text.Fault, text.Message));
        await Assert.ThrowsAsync<ColumnEncryptionException>(() => shop.ExecuteAsync("SELECT name FROM people", cancellationToken: Token).AsTask());
        var key = await Assert.ThrowsAsync<ColumnEncryptionException>(() => shop.ExecuteAsync($"SELECT age FROM people WHERE email = {"a"}", cancellationToken: Token).AsTask());
        Assert.Equal((ColumnEncryptionFault.Column, "email"), (key.Fault, key.Column.Name));
        // Tables and keyspaces of the same names elsewhere are none of it.
        Assert.Empty(await shop.ExecuteAsync("SELECT name FROM others", cancellationToken: Token));
    }

    [Fact]
    public async Task A_marker_with_a_name_of_its_own_never_takes_a_value_past_the_encryption()
    {
        await using var node = await StartAsync();
        await using var cluster = Connect(node, ProtocolVersion.V5, Email, new EncryptedColumn("shop", "people", "age", CqlType.Blob));
        var shop = cluster.CreateSession("shop");
        byte[] secret = [1, 2, 3];
        foreach (var cql in new[] { "INSERT INTO people (email, age) VALUES (:email, :a)", "INSERT INTO people (email, age) VALUES (:email, :\"A\")", "INSERT INTO people (email, age) VALUES (:email, :Years)" })
        {
            var thrown = await Assert.ThrowsAsync<ColumnEncryptionException>(() => shop.PrepareAsync(cql, Token).AsTask());
            Assert.Equal((ColumnEncryptionFault.Column, "age"), (thrown.Fault, thrown.Column.Name));
        }

        var insert = await shop.PrepareAsync("INSERT INTO people (email, age, tags) VALUES (?, ?, ?)", Token);
        await shop.ExecuteAsync(insert.Bind("a", secret, secret), cancellationToken: Token);
        var row = Assert.Single(await shop.ExecuteAsync($"SELECT age, tags FROM people WHERE email = {"a"}", cancellationToken: Token));
        Assert.Equal((37, 3), (row.GetBytes(0).Length, row.GetBytes(1).Length));
        Assert.Equal(secret, row.Get<byte[]>("age"));
        Assert.Equal(3, (await shop.PrepareAsync("INSERT INTO people (email, age, name) VALUES (:email, :age, :a)", Token)).Variables.Count);

        // A text is no blob: what has another name is refused where it is bound.
        await using var texts = Connect(node, ProtocolVersion.V5, Email);
        var named = await texts.CreateSession("shop").PrepareAsync("SELECT name FROM people WHERE email = :who", Token);
        Assert.Throws<InvalidTypeException>(() => named.Bind("a"));
    }

    [Fact]
    public async Task Without_keys_nothing_is_connected_to_and_with_them_it_is()
    {
        await using var node = await StartAsync();
        var vault = new SealedVault();
        await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], ColumnEncryption = new ColumnEncryption(vault, Email) }));
        var thrown = await Assert.ThrowsAsync<ColumnEncryptionException>(() => cluster.ConnectAsync(Token).AsTask());
        Assert.Equal((ColumnEncryptionFault.NoKeys, true, "sealed"), (thrown.Fault, thrown.IsTransient, thrown.InnerException!.Message));
        Assert.Equal(0, node.ConnectionCount);
        vault.IsOpen = true;
        await cluster.ConnectAsync("shop", Token);
    }

    [Fact]
    public async Task Closing_the_cluster_ends_what_waits_for_keys()
    {
        await using var node = await StartAsync();
        var vault = new SilentVault();
        var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], ColumnEncryption = new ColumnEncryption(vault, Email) }));
        var request = cluster.CreateSession("shop").ExecuteAsync("SELECT name FROM people", cancellationToken: Token).AsTask();
        var preparation = cluster.CreateSession("shop").PrepareAsync("SELECT name FROM people", Token).AsTask();
        await vault.Asked.WaitAsync(Token);
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => request);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => preparation);
        Assert.Equal(0, node.ConnectionCount);
    }

    private static Cluster Connect(EmbeddedNode node, ProtocolVersion version, params EncryptedColumn[] columns) => new(node.Connect(new ClusterOptions
    {
        ContactPoints = ["replaced"],
        ProtocolVersion = version,
        ColumnEncryption = new ColumnEncryption(ColumnKeyProvider.Fixed(Keys), columns),
    }));

    private static async Task<EmbeddedNode> StartAsync()
    {
        var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var cluster = new Cluster(node.Connect());
        var session = await cluster.ConnectAsync(Token);
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Token);
        await session.ExecuteAsync("CREATE TABLE shop.people (email blob PRIMARY KEY, name text, age blob, tags blob)", cancellationToken: Token);
        await session.ExecuteAsync("CREATE TABLE shop.others (email blob PRIMARY KEY, name text)", cancellationToken: Token);
        return node;
    }

    private sealed class SealedVault : ColumnKeyProvider
    {
        public bool IsOpen { get; set; }

        public override ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken) =>
            IsOpen ? ValueTask.FromResult(Keys) : throw new InvalidOperationException("sealed");
    }

    private sealed class SilentVault : ColumnKeyProvider
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override async ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return Keys;
        }
    }
}
