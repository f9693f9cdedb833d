using System.Collections.Frozen;

namespace Ilium;

/// <summary>All keys of one name: the one that values are encrypted with now, and those that older values still are. Immutable.</summary>
public sealed class ColumnKeyRing
{
    private readonly FrozenDictionary<uint, ColumnKey> _keys;

    /// <summary>A ring of keys.</summary>
    /// <param name="current">What is written is encrypted with it.</param>
    /// <param name="older">What is read may be encrypted with one of them.</param>
    /// <exception cref="ArgumentException">Two keys have the same number.</exception>
    public ColumnKeyRing(ColumnKey current, params IEnumerable<ColumnKey> older)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(older);
        var keys = new Dictionary<uint, ColumnKey> { [current.Id] = current };
        foreach (var key in older)
        {
            if (!keys.TryAdd(key.Id, key))
            {
                throw new ArgumentException($"Two keys have the number {key.Id}.", nameof(older));
            }
        }

        Current = current;
        _keys = keys.ToFrozenDictionary();
    }

    /// <summary>What is written is encrypted with it.</summary>
    public ColumnKey Current { get; }

    /// <summary>The key with a number; null where there is none.</summary>
    /// <param name="id">The number.</param>
    public ColumnKey? Find(uint id) => _keys.GetValueOrDefault(id);
}
