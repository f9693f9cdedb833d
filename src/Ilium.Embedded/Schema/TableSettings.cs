using System.Collections.Immutable;

namespace Ilium.Embedded.Schema;

/// <summary>What WITH sets for a table; the defaults are those of Cassandra 5.0. Kept and shown; only the time to live has an effect.</summary>
internal sealed record TableSettings
{
    private static readonly ImmutableSortedDictionary<string, string> Empty = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private const string DefaultMemtable = "default";

    internal static TableSettings Default { get; } = new();

    internal string AdditionalWritePolicy { get; init; } = "99p";

    internal bool? AllowAutoSnapshot { get; init; }

    internal double BloomFilterFpChance { get; init; } = 0.01;

    internal ImmutableSortedDictionary<string, string> Caching { get; init; } = Empty.Add("keys", "ALL").Add("rows_per_partition", "NONE");

    internal bool? Cdc { get; init; }

    internal string Comment { get; init; } = "";

    internal ImmutableSortedDictionary<string, string> Compaction { get; init; } =
        Empty.Add("class", "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy").Add("max_threshold", "32").Add("min_threshold", "4");

    internal ImmutableSortedDictionary<string, string> Compression { get; init; } =
        Empty.Add("chunk_length_in_kb", "16").Add("class", "org.apache.cassandra.io.compress.LZ4Compressor");

    internal double CrcCheckChance { get; init; } = 1;

    internal int DefaultTimeToLive { get; init; }

    internal ImmutableSortedDictionary<string, string> Extensions { get; init; } = Empty;

    internal int GcGraceSeconds { get; init; } = 864000;

    internal bool? IncrementalBackups { get; init; }

    internal int MaxIndexInterval { get; init; } = 2048;

    internal string? Memtable { get; init; }

    internal int MemtableFlushPeriod { get; init; }

    internal int MinIndexInterval { get; init; } = 128;

    internal string ReadRepair { get; init; } = "BLOCKING";

    internal string SpeculativeRetry { get; init; } = "99p";

    /// <summary>Whether a server makes clients prepare again when these become the other ones.</summary>
    internal bool ChangesStatements(TableSettings other) => DefaultTimeToLive != other.DefaultTimeToLive || GcGraceSeconds != other.GcGraceSeconds;

    /// <summary>The same settings; maps are equal when their entries are.</summary>
    internal bool IsSameAs(TableSettings other)
    {
        var entries = Caching.SequenceEqual(other.Caching) && Compaction.SequenceEqual(other.Compaction) && Compression.SequenceEqual(other.Compression)
            && Extensions.SequenceEqual(other.Extensions);
        var aligned = other with
        {
            Caching = Caching,
            Compaction = Compaction,
            Compression = Compression,
            Extensions = Extensions,
            Memtable = other.Memtable ?? DefaultMemtable,
        };
        return entries && aligned == this with { Memtable = Memtable ?? DefaultMemtable };
    }
}
