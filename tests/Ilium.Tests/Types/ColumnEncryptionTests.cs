using System.Security.Cryptography;
using System.Text;
using Ilium.Buffers;
using Ilium.Rows;
using Ilium.Types;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Types;

/// <summary>Values of encrypted columns: their bytes, and what becomes of bytes that are something else.</summary>
public class ColumnEncryptionTests
{
    private static readonly ColumnKey First = new(1, SHA256.HashData("first"u8));
    private static readonly ColumnKey Second = new(2, SHA256.HashData("second"u8));

    private readonly CodecRegistry _registry = new();

    [Theory]
    [InlineData(ColumnEncryptionMode.Randomized)]
    [InlineData(ColumnEncryptionMode.Deterministic)]
    public void The_bytes_are_what_the_page_says_they_are(ColumnEncryptionMode mode)
    {
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text) { Mode = mode }, new ColumnKeyRing(Second, First));
        var value = Write(type, "secret");

        // By hand, with nothing of the driver's.
        byte[] identity = [0, 0, 0, 2, .. "ks"u8, 0, 0, 0, 1, .. "t"u8, 0, 0, 0, 1, .. "c"u8];
        Assert.Equal([1, (byte)mode, 0, 0, 0, 2], value[..6]);
        Assert.Equal(6 + 12 + "secret".Length + 16, value.Length);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, SHA256.HashData("second"u8), 32, [], [.. "ilium column encryption 1"u8, (byte)mode, .. identity]);
        using var cipher = new AesGcm(key, 16);
        var plain = new byte["secret".Length];
        cipher.Decrypt(value[6..18], value[18..^16], value[^16..], plain, (byte[])[.. value[..6], .. identity]);
        Assert.Equal("secret", Encoding.UTF8.GetString(plain));
        if (mode == ColumnEncryptionMode.Deterministic)
        {
            var nonceKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, SHA256.HashData("second"u8), 32, [], [.. "ilium column nonce 1"u8, 1, .. identity]);
            Assert.Equal(HMACSHA256.HashData(nonceKey, "secret"u8)[..12], value[6..18]);
        }
    }

    [Fact]
    public void Equal_values_look_equal_only_where_that_was_asked_for_and_only_in_their_column()
    {
        var ring = new ColumnKeyRing(First);
        var random = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), ring);
        var same = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic }, ring);
        var other = TypeOf(new EncryptedColumn("ks", "t", "d", CqlType.Text) { Mode = ColumnEncryptionMode.Deterministic }, ring);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Write(random, "a"))).Distinct().Count());
        Assert.Single(Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Write(same, "a"))).Distinct());
        Assert.NotEqual(Write(same, "a"), Write(same, "b"));
        Assert.NotEqual(Write(same, "a")[6..18], Write(other, "a")[6..18]);
        // A column may change its mode: what was written before is still read.
        Assert.Equal("a", Read<string>(same, Write(random, "a")));
        Assert.Equal("a", Read<string>(random, Write(same, "a")));
    }

    [Fact]
    public void Every_type_goes_through_in_every_shape()
    {
        Through(CqlType.Int, 5, 0, int.MinValue);
        Through<int?>(CqlType.Int, 5);
        Through(CqlType.Text, "", "text", new string('x', 100_000));
        Through(CqlType.Boolean, true, false);
        Through(CqlType.Blob, [], new byte[] { 1, 2, 3 }, new byte[70_000]);
        Through(CqlType.Uuid, Guid.Empty, Guid.NewGuid());
        Through(CqlType.Timestamp, DateTimeOffset.UnixEpoch);
        Through(new CqlListType(CqlType.Int), new List<int> { 1, 2, 3 }, []);
        Through(new CqlMapType(CqlType.Text, CqlType.Int), new Dictionary<string, int> { ["a"] = 1 });
        Through(new CqlTupleType([CqlType.Int, CqlType.Text]), (1, "a"));

        var number = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Int), new ColumnKeyRing(First));
        Assert.Equal(5L, Read<long>(number, Write(number, 5)));
        Assert.Throws<InvalidTypeException>(() => Write(number, 5L));

        // As objects, and as what only looks like a list.
        var list = TypeOf(new EncryptedColumn("ks", "t", "c", new CqlListType(CqlType.Int)), new ColumnKeyRing(First));
        var writer = new CqlWriter();
        _registry.GetFor(list, typeof(Queue<int>)).WriteObject(writer, new Queue<int>([1, 2]));
        Assert.Equal([1, 2], Read<List<int>>(list, writer.WrittenSpan.ToArray()));
        var text = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), new ColumnKeyRing(First));
        Assert.Equal("a", Read<object>(text, Write<object>(text, "a")));
        Assert.Equal("a", _registry.GetDefault(text).ReadObject(Write(text, "a")));
    }

    [Fact]
    public void What_the_plain_type_does_not_take_is_refused_as_ever()
    {
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Int), new ColumnKeyRing(First));
        Assert.Throws<InvalidTypeException>(() => _registry.Get<string>(type));
        Assert.Throws<InvalidTypeException>(() => _registry.GetFor(type, typeof(byte[])));
        Assert.Throws<InvalidTypeException>(() => _registry.Get<byte[]>(type));
        Assert.Equal("blob (encrypted int)", type.ToString());
        Assert.Equal(CqlTypeCode.Custom, type.Code);
    }

    [Theory]
    [InlineData(ColumnEncryptionMode.Randomized)]
    [InlineData(ColumnEncryptionMode.Deterministic)]
    public void No_bit_can_be_changed_and_no_byte_be_left_out_or_added(ColumnEncryptionMode mode)
    {
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text) { Mode = mode }, new ColumnKeyRing(First, Second));
        var value = Write(type, "secret");
        for (var bit = 0; bit < value.Length * 8; bit++)
        {
            var changed = value.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var fault = Fails(type, changed).Fault;
            Assert.Equal((bit / 8) switch
            {
                0 => ColumnEncryptionFault.NotEncrypted,
                1 => bit % 8 == 0 ? ColumnEncryptionFault.NotAuthentic : ColumnEncryptionFault.NotEncrypted,
                // Key 1 becomes 0, or another that does not exist; only 3 bits away is 2.
                >= 2 and <= 5 => ColumnEncryptionFault.UnknownKey,
                _ => ColumnEncryptionFault.NotAuthentic,
            }, fault);
        }

        for (var length = 0; length < value.Length; length++)
        {
            Assert.Equal(length < ColumnCipher.Overhead ? ColumnEncryptionFault.Truncated : ColumnEncryptionFault.NotAuthentic, Fails(type, value[..length]).Fault);
        }

        Assert.Equal(ColumnEncryptionFault.NotAuthentic, Fails(type, [.. value, 0]).Fault);
        // The other key's number in front of it.
        Assert.Equal(ColumnEncryptionFault.NotAuthentic, Fails(type, [.. value[..5], 2, .. value[6..]]).Fault);
    }

    [Fact]
    public void A_value_can_not_be_moved_to_another_column()
    {
        var ring = new ColumnKeyRing(First);
        var value = Write(TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), ring), "secret");
        foreach (var column in new[] { ("ks", "t", "d"), ("ks", "u", "c"), ("kt", "t", "c"), ("k", "st", "c"), ("ks", "tc", "") })
        {
            var elsewhere = new EncryptedColumn(column.Item1, column.Item2, column.Item3, CqlType.Text);
            Assert.Equal(ColumnEncryptionFault.NotAuthentic, Fails(TypeOf(elsewhere, ring), value).Fault);
        }
    }

    [Fact]
    public void Failures_name_the_column_and_nothing_of_the_value()
    {
        var column = new EncryptedColumn("ks", "t", "c", CqlType.Text) { KeyName = "people" };
        var type = TypeOf(column, new ColumnKeyRing(First));
        var plain = Fails(type, "plain text"u8.ToArray());
        Assert.Equal("The encrypted column ks.t.c can't be used: its first byte is 112, and 1 in what this client has encrypted.", plain.Message);
        Assert.Same(column, plain.Column);
        Assert.False(plain.IsTransient);
        var unknown = Fails(type, Write(TypeOf(column, new ColumnKeyRing(Second)), "secret"));
        Assert.Equal("The encrypted column ks.t.c can't be used: it was encrypted with key 2 of 'people', which the key provider does not have.", unknown.Message);
        var wrong = Fails(type, Write(TypeOf(column, new ColumnKeyRing(new ColumnKey(1, Second.Bytes))), "secret"));
        Assert.Equal(
            "The encrypted column ks.t.c can't be used: it was changed, belongs to another column, or key 1 of 'people' is not the one it was encrypted with.", wrong.Message);
    }

    [Fact]
    public void Keys_change_while_the_cluster_is_in_use()
    {
        var provider = new ChangingKeys(new ColumnKeyRing(First));
        var time = new FakeTimeProvider();
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), provider, time);
        var old = Write(type, "old");
        Assert.Equal(1, provider.Asked);

        // Another client has the new key already: what it has written is read, at once.
        provider.Ring = new ColumnKeyRing(Second, First);
        Assert.Equal("new", Read<string>(type, Write(TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), new ColumnKeyRing(Second)), "new")));
        Assert.Equal(2, provider.Asked);
        Assert.Equal(2, Write(type, "new")[5]);
        Assert.Equal("old", Read<string>(type, old));

        // What nobody has the key of is not asked for again and again, and is once some time has passed.
        var strange = Write(TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), new ColumnKeyRing(new ColumnKey(3, First.Bytes))), "x");
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(ColumnEncryptionFault.UnknownKey, Fails(type, strange).Fault);
        }

        Assert.Equal(3, provider.Asked);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ColumnEncryptionFault.UnknownKey, Fails(type, strange).Fault);
        Assert.Equal(4, provider.Asked);
    }

    [Fact]
    public void Keys_are_asked_for_again_in_the_background_and_kept_while_the_provider_fails()
    {
        var provider = new ChangingKeys(new ColumnKeyRing(First));
        var time = new FakeTimeProvider();
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), provider, time);
        Write(type, "a");
        provider.Failure = new InvalidOperationException("the vault is sealed");
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, Write(type, "a")[5]);
        SpinWait.SpinUntil(() => provider.Asked == 2, TimeSpan.FromMinutes(1));

        provider.Failure = null;
        provider.Ring = new ColumnKeyRing(Second, First);
        // Each write may find that the last question is still being answered.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(6));
                return Write(type, "a")[5] == 2;
            },
            TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Without_any_keys_what_the_provider_says_is_told()
    {
        var provider = new ChangingKeys(new ColumnKeyRing(First)) { Failure = new InvalidOperationException("the vault is sealed") };
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), provider, TimeProvider.System);
        var thrown = Assert.Throws<ColumnEncryptionException>(() => Write(type, "a"));
        Assert.Equal((ColumnEncryptionFault.NoKeys, true), (thrown.Fault, thrown.IsTransient));
        Assert.Equal("The encrypted column ks.t.c can't be used: the key provider has failed to give the keys of 'default': the vault is sealed.", thrown.Message);
        provider.Failure = null;
        Assert.Equal("a", Read<string>(type, Write(type, "a")));
    }

    [Fact]
    public async Task A_provider_that_never_answers_is_given_up_and_asked_anew()
    {
        using var blocked = new ManualResetEventSlim();
        var provider = new ChangingKeys(new ColumnKeyRing(First)) { Before = blocked.Wait };
        var time = new FakeTimeProvider();
        var keys = new ColumnKeys("default", new ColumnEncryption(provider, new EncryptedColumn("ks", "t", "c", CqlType.Text)), time, static () => { });
        var loading = keys.Begin();
        Assert.Same(loading, keys.Begin());
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("It has not answered within 00:00:10.", (await Assert.ThrowsAsync<TimeoutException>(() => loading)).Message);
        provider.Before = null;
        Assert.True(SpinWait.SpinUntil(() => !ReferenceEquals(keys.Begin(), loading), TimeSpan.FromMinutes(1)));
        Assert.Equal(First, keys.Current);
        blocked.Set();
    }

    [Fact]
    public void Many_threads_may_use_one_column()
    {
        var type = TypeOf(new EncryptedColumn("ks", "t", "c", CqlType.Text), new ColumnKeyRing(First));
        Parallel.For(0, 2000, i => Assert.Equal($"value {i}", Read<string>(type, Write(type, $"value {i}"))));
    }

    [Fact]
    public void Columns_get_their_type_where_they_are_blobs_and_only_there()
    {
        var columns = EncryptedColumns.For(
            new ColumnEncryption(ColumnKeyProvider.Fixed(new ColumnKeyRing(First)), new EncryptedColumn("ks", "t", "c", CqlType.Text)), TimeProvider.System, static () => { })!;
        var metadata = new ResultMetadata([Column("a", CqlType.Blob), Column("c", CqlType.Blob), Column("d", CqlType.Int)], [1], [2, 3], isGlobal: true);
        var applied = columns.Apply(metadata);
        Assert.Equal(["blob", "blob (encrypted text)", "int"], applied.Columns.Select(column => column.Type.ToString()));
        Assert.Equal((metadata.Id, metadata.Encoded, true), (applied.Id, applied.Encoded, applied.IsGlobal));
        var others = new ResultMetadata([Column("a", CqlType.Blob)]);
        Assert.Same(others, columns.Apply(others));
        var wrong = Assert.Throws<ColumnEncryptionException>(() => columns.Apply(new ResultMetadata([Column("c", CqlType.Text)])));
        Assert.Equal((ColumnEncryptionFault.Column, "The encrypted column ks.t.c can't be used: it is text to the server, and what is encrypted is a blob."), (wrong.Fault, wrong.Message));
        Assert.Throws<ColumnEncryptionException>(() => EncryptedColumns.CheckKey(applied, [1]));
        EncryptedColumns.CheckKey(applied, [0, 2]);
        Assert.Null(EncryptedColumns.For(null, TimeProvider.System, static () => { }));

        static ColumnDefinition Column(string name, CqlType type) => new("ks", "t", name, type, 0);
    }

    [Fact]
    public void What_can_not_be_is_refused_where_it_is_made()
    {
        var keys = ColumnKeyProvider.Fixed(new ColumnKeyRing(First));
        var column = new EncryptedColumn("ks", "t", "c", CqlType.Text);
        Assert.Throws<ArgumentException>(() => new ColumnKey(1, new byte[31]));
        Assert.Throws<ArgumentException>(() => new ColumnKey(1, new byte[32]));
        Assert.Throws<ArgumentException>(() => new ColumnKeyRing(First, new ColumnKey(1, Second.Bytes)));
        Assert.Throws<ArgumentException>(() => new ColumnEncryption(keys));
        Assert.Throws<ArgumentException>(() => new ColumnEncryption(keys, column, column with { Type = CqlType.Int }));
        Assert.Throws<ArgumentException>(() => new ColumnEncryption(keys, column with { Table = "" }));
        Assert.Throws<ArgumentException>(() => new ColumnEncryption(keys, column with { Type = CqlType.Counter }));
        Assert.Throws<ArgumentException>(() => new ColumnEncryption(keys, column with { Mode = (ColumnEncryptionMode)2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ColumnEncryption(keys, column) { RefreshInterval = TimeSpan.Zero });
        Assert.Equal("key 1", First.ToString());
        Assert.DoesNotContain(Convert.ToHexString(First.Bytes), new ClusterOptions { ColumnEncryption = new ColumnEncryption(keys, column) }.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private static CqlEncryptedType TypeOf(EncryptedColumn column, ColumnKeyRing ring) => TypeOf(column, ColumnKeyProvider.Fixed(ring), TimeProvider.System);

    private static CqlEncryptedType TypeOf(EncryptedColumn column, ColumnKeyProvider keys, TimeProvider time)
    {
        var encryption = new ColumnEncryption(keys, new EncryptedColumn("ks", "t", "c", CqlType.Text));
        return new CqlEncryptedType(new ColumnCipher(column, new ColumnKeys(column.KeyName, encryption, time, static () => { })));
    }

    private byte[] Write<T>(CqlType type, T value)
    {
        var writer = new CqlWriter();
        _registry.Get<T>(type).Write(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    private T Read<T>(CqlType type, byte[] bytes) => _registry.Get<T>(type).Read(bytes);

    private ColumnEncryptionException Fails(CqlType type, byte[] bytes)
    {
        var thrown = Assert.Throws<ColumnEncryptionException>(() => Read<string>(type, bytes));
        Assert.Equal(thrown.Fault, Assert.Throws<ColumnEncryptionException>(() => _registry.GetDefault(type).ReadObject(bytes)).Fault);
        return thrown;
    }

    private void Through<T>(CqlType plain, params T[] values)
    {
        foreach (var mode in Enum.GetValues<ColumnEncryptionMode>())
        {
            var type = TypeOf(new EncryptedColumn("ks", "t", "c", plain) { Mode = mode }, new ColumnKeyRing(First));
            foreach (var value in values)
            {
                Assert.Equal(value, Read<T>(type, Write(type, value)));
            }
        }
    }

    private sealed class ChangingKeys(ColumnKeyRing ring) : ColumnKeyProvider
    {
        private int _asked;

        public ColumnKeyRing Ring { get; set; } = ring;

        public Exception? Failure { get; set; }

        public Action? Before { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public override async ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken)
        {
            Before?.Invoke();
            await Task.Yield();
            Interlocked.Increment(ref _asked);
            return Failure is { } failure ? throw failure : Ring;
        }
    }
}
