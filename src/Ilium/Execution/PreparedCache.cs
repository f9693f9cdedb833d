using System.Collections.Concurrent;
using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>
/// Statements prepared by text, for simple statements with values and for <see cref="Session.PrepareAsync"/>. Bounded: the least recently
/// found make room. One preparation per text is under way at a time, whoever asks (single flight).
/// </summary>
internal sealed class PreparedCache(int capacity)
{
    private readonly ConcurrentDictionary<(string? Keyspace, string Cql), Entry> _entries = new();
    private readonly ConcurrentDictionary<(string? Keyspace, string Cql), Task<PreparedStatement>> _flights = new();
    private long _clock;

    internal int Count => _entries.Count;

    /// <summary>What is in it now.</summary>
    internal PreparedStatement[] Statements => [.. _entries.Select(static entry => entry.Value.Statement)];

    internal PreparedStatement? Find(string? keyspace, string cql)
    {
        if (!_entries.TryGetValue((keyspace, cql), out var entry))
        {
            return null;
        }

        entry.Used = Volatile.Read(ref _clock);
        return entry.Statement;
    }

    /// <summary>The cached statement, or what <paramref name="prepare"/> makes; failures are not kept.</summary>
    internal Task<PreparedStatement> GetAsync(string? keyspace, string cql, Func<string?, string, Task<PreparedStatement>> prepare)
    {
        if (Find(keyspace, cql) is { } statement)
        {
            return Task.FromResult(statement);
        }

        var key = (keyspace, cql);
        // Continuations are the driver's own and run where the preparation ends: on a reader's thread, without the pool.
        var source = new TaskCompletionSource<PreparedStatement>();
        var flight = _flights.GetOrAdd(key, source.Task);
        if (ReferenceEquals(flight, source.Task))
        {
            _ = FlyAsync(key, prepare, source);
        }

        return flight;
    }

    private async Task FlyAsync(
        (string? Keyspace, string Cql) key, Func<string?, string, Task<PreparedStatement>> prepare, TaskCompletionSource<PreparedStatement> source)
    {
        try
        {
            // Prepared by a flight that landed between the look into the cache and this one's beginning.
            var statement = Find(key.Keyspace, key.Cql) ?? await prepare(key.Keyspace, key.Cql).Inline();
            _entries[key] = new Entry(statement) { Used = Interlocked.Increment(ref _clock) };
            Trim();
            _flights.TryRemove(key, out _);
            source.SetResult(statement);
        }
        catch (Exception e)
        {
            _flights.TryRemove(key, out _);
            source.SetException(e);
        }
    }

    private void Trim()
    {
        while (_entries.Count > capacity)
        {
            var oldest = _entries.MinBy(pair => pair.Value.Used);
            _entries.TryRemove(oldest.Key, out _);
        }
    }

    private sealed class Entry(PreparedStatement statement)
    {
        internal PreparedStatement Statement { get; } = statement;

        internal long Used { get; set; }
    }
}
