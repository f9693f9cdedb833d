using System.Collections.Immutable;
using System.Text;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>
/// What stands after WITH: the options of a table or view. Those of every version are kept, also ones the driver has no property for. A property
/// is null where the server has no such option or leaves it to its own default. Immutable.
/// </summary>
public sealed class TableOptions
{
    // 4.0 has dropped these two and still has their columns, with zeros in them; `read_repair` came with the same version.
    private static readonly string[] BeforeReadRepair = ["read_repair_chance", "dclocal_read_repair_chance"];

    private static readonly IReadOnlyDictionary<string, string> NoMap = ImmutableSortedDictionary<string, string>.Empty;

    internal TableOptions(ImmutableSortedDictionary<string, object> all)
    {
        All = all;
    }

    internal static TableOptions None { get; } = new(ImmutableSortedDictionary<string, object>.Empty);

    /// <summary>
    /// Every option that is set, by the name CQL has for it, ordered by name: <see cref="string"/>, <see cref="int"/>, <see cref="double"/>,
    /// <see cref="bool"/>, maps from <see cref="string"/> to <see cref="string"/> or to bytes, and whatever future servers have.
    /// </summary>
    public IReadOnlyDictionary<string, object> All { get; }

    /// <summary><c>comment</c>; empty without one.</summary>
    public string Comment => All.GetValueOrDefault("comment") as string ?? "";

    /// <summary><c>compaction</c>: class and options.</summary>
    public IReadOnlyDictionary<string, string> Compaction => Map("compaction");

    /// <summary><c>compression</c>: class and options, or <c>enabled</c> set to <c>false</c>.</summary>
    public IReadOnlyDictionary<string, string> Compression => Map("compression");

    /// <summary><c>caching</c>: what of keys and rows is cached.</summary>
    public IReadOnlyDictionary<string, string> Caching => Map("caching");

    /// <summary><c>gc_grace_seconds</c>.</summary>
    public int? GcGraceSeconds => Value<int>("gc_grace_seconds");

    /// <summary><c>default_time_to_live</c>, in seconds; 0 for none.</summary>
    public int? DefaultTimeToLive => Value<int>("default_time_to_live");

    /// <summary><c>bloom_filter_fp_chance</c>.</summary>
    public double? BloomFilterFalsePositiveChance => Value<double>("bloom_filter_fp_chance");

    /// <summary><c>crc_check_chance</c>.</summary>
    public double? CrcCheckChance => Value<double>("crc_check_chance");

    /// <summary><c>speculative_retry</c>, for example <c>99p</c>.</summary>
    public string? SpeculativeRetry => All.GetValueOrDefault("speculative_retry") as string;

    /// <summary><c>additional_write_policy</c> (4.0), for example <c>99p</c>.</summary>
    public string? AdditionalWritePolicy => All.GetValueOrDefault("additional_write_policy") as string;

    /// <summary><c>read_repair</c> (4.0): <c>BLOCKING</c> or <c>NONE</c>.</summary>
    public string? ReadRepair => All.GetValueOrDefault("read_repair") as string;

    /// <summary><c>read_repair_chance</c> (3.x).</summary>
    public double? ReadRepairChance => Value<double>("read_repair_chance");

    /// <summary><c>dclocal_read_repair_chance</c> (3.x).</summary>
    public double? LocalReadRepairChance => Value<double>("dclocal_read_repair_chance");

    /// <summary><c>min_index_interval</c>.</summary>
    public int? MinIndexInterval => Value<int>("min_index_interval");

    /// <summary><c>max_index_interval</c>.</summary>
    public int? MaxIndexInterval => Value<int>("max_index_interval");

    /// <summary><c>memtable_flush_period_in_ms</c>; 0 for never.</summary>
    public int? MemtableFlushPeriodInMilliseconds => Value<int>("memtable_flush_period_in_ms");

    /// <summary><c>memtable</c> (4.1): a configuration of cassandra.yaml; null for the default one.</summary>
    public string? Memtable => All.GetValueOrDefault("memtable") as string;

    /// <summary><c>cdc</c>: whether changes are kept for readers of the commit log.</summary>
    public bool? Cdc => Value<bool>("cdc");

    /// <summary><c>allow_auto_snapshot</c> (4.1).</summary>
    public bool? AllowAutoSnapshot => Value<bool>("allow_auto_snapshot");

    /// <summary><c>incremental_backups</c> (4.1).</summary>
    public bool? IncrementalBackups => Value<bool>("incremental_backups");

    /// <summary><c>extensions</c>: what programs beside the server have left at the table.</summary>
    public IReadOnlyDictionary<string, byte[]> Extensions =>
        All.GetValueOrDefault("extensions") as IReadOnlyDictionary<string, byte[]> ?? ImmutableSortedDictionary<string, byte[]>.Empty;

    /// <summary>The options as they stand after WITH, one a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text, "", isView: false);
        return text.ToString();
    }

    /// <param name="text">What to add to.</param>
    /// <param name="before">Stands before the first option: <c>WITH</c> or <c>AND</c>.</param>
    /// <param name="isView">Views refuse a time to live, even of zero.</param>
    internal void AppendTo(StringBuilder text, string before, bool isView)
    {
        foreach (var (name, value) in All)
        {
            if ((isView && name == "default_time_to_live") || (BeforeReadRepair.Contains(name) && All.ContainsKey("read_repair")) || IsEmptyExtensions(name))
            {
                continue;
            }

            text.Append(before).Append(name).Append(" = ").Append(CqlLiteral.Of(value));
            before = "\n    AND ";
        }
    }

    private bool IsEmptyExtensions(string name) => name == "extensions" && Extensions.Count == 0;

    private T? Value<T>(string name)
        where T : struct => All.GetValueOrDefault(name) is T value ? value : null;

    private IReadOnlyDictionary<string, string> Map(string name) => All.GetValueOrDefault(name) as IReadOnlyDictionary<string, string> ?? NoMap;
}
