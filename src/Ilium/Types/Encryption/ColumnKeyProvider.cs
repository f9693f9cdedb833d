namespace Ilium;

/// <summary>
/// Gives the keys that columns are encrypted with: from a vault, a key service, a file. Derive from it. It is asked before the cluster is connected to, again from time to time, and when a value
/// turns up that was encrypted with a key that is not known yet; what it gave is remembered meanwhile. May be called on any thread.
/// </summary>
public abstract class ColumnKeyProvider
{
    /// <summary>All keys of a name, as they are now.</summary>
    /// <param name="name">What <see cref="EncryptedColumn.KeyName"/> says.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    public abstract ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken);

    /// <summary>Keys that never change.</summary>
    /// <param name="rings">By name.</param>
    public static ColumnKeyProvider Fixed(IReadOnlyDictionary<string, ColumnKeyRing> rings)
    {
        ArgumentNullException.ThrowIfNull(rings);
        return new FixedKeys(new Dictionary<string, ColumnKeyRing>(rings));
    }

    /// <summary>One ring of keys that never changes, whatever the name.</summary>
    /// <param name="ring">The keys.</param>
    public static ColumnKeyProvider Fixed(ColumnKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return new FixedKey(ring);
    }

    private sealed class FixedKeys(Dictionary<string, ColumnKeyRing> rings) : ColumnKeyProvider
    {
        public override ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken) => rings.TryGetValue(name, out var ring)
            ? ValueTask.FromResult(ring)
            : throw new KeyNotFoundException($"There are no keys of the name '{name}'.");
    }

    private sealed class FixedKey(ColumnKeyRing ring) : ColumnKeyProvider
    {
        public override ValueTask<ColumnKeyRing> GetKeysAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(ring);
    }
}
