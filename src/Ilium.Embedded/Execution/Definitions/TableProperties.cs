using System.Collections.Immutable;
using System.Globalization;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>The WITH clause of a table.</summary>
internal static class TableProperties
{
    private const int MaxTimeToLive = 630_720_000;

    internal static (Guid? Id, TableSettings Settings) Read(NodeList<Property> properties, TableSettings settings, bool isNew)
    {
        Guid? id = null;
        foreach (var property in properties)
        {
            switch (property.Name)
            {
                case "id" when isNew:
                    id = Guid.TryParse(Text(property), out var parsed) ? parsed : throw CqlError.Configuration($"Invalid table id '{Text(property)}'");
                    break;
                case "comment":
                    settings = settings with { Comment = Text(property) };
                    break;
                case "default_time_to_live":
                    settings = settings with { DefaultTimeToLive = Integer(property, 0, MaxTimeToLive) };
                    break;
                case "gc_grace_seconds":
                    settings = settings with { GcGraceSeconds = Integer(property, 0, int.MaxValue) };
                    break;
                case "memtable_flush_period_in_ms":
                    settings = settings with { MemtableFlushPeriod = Integer(property, 0, int.MaxValue) };
                    break;
                case "min_index_interval":
                    settings = settings with { MinIndexInterval = Integer(property, 1, int.MaxValue) };
                    break;
                case "max_index_interval":
                    settings = settings with { MaxIndexInterval = Integer(property, 1, int.MaxValue) };
                    break;
                case "bloom_filter_fp_chance":
                    settings = settings with { BloomFilterFpChance = Number(property, "bloom_filter_fp_chance", positive: true) };
                    break;
                case "crc_check_chance":
                    settings = settings with { CrcCheckChance = Number(property, "crc_check_chance", positive: false) };
                    break;
                case "speculative_retry":
                    settings = settings with { SpeculativeRetry = Policy(property) };
                    break;
                case "additional_write_policy":
                    settings = settings with { AdditionalWritePolicy = Policy(property) };
                    break;
                case "read_repair":
                    settings = settings with { ReadRepair = ReadRepair(Text(property)) };
                    break;
                case "memtable":
                    settings = settings with { Memtable = Text(property) == "default" ? null : throw CqlError.Configuration($"Memtable configuration \"{Text(property)}\" not found.") };
                    break;
                case "cdc":
                    settings = settings with { Cdc = Boolean(property) ? true : null };
                    break;
                case "allow_auto_snapshot":
                    settings = settings with { AllowAutoSnapshot = Boolean(property) };
                    break;
                case "incremental_backups":
                    settings = settings with { IncrementalBackups = Boolean(property) };
                    break;
                case "compaction":
                    settings = settings with { Compaction = Compaction(Map(property)) };
                    break;
                case "compression":
                    settings = settings with { Compression = Compression(Map(property)) };
                    break;
                case "caching":
                    settings = settings with { Caching = Caching(Map(property), settings.Caching) };
                    break;
                case "extensions":
                    settings = settings with { Extensions = Map(property) };
                    break;
                default:
                    throw CqlError.Syntax($"Unknown property '{property.Name}'");
            }
        }

        return settings.MaxIndexInterval < settings.MinIndexInterval
            ? throw CqlError.Configuration($"max_index_interval must be greater than or equal to min_index_interval ({settings.MinIndexInterval}) (got {settings.MaxIndexInterval})")
            : (id, settings);
    }

    private static string Text(Property property) => property is TextProperty text ? text.Text : throw CqlError.Syntax($"Invalid value for property '{property.Name}'. It should be a string.");

    private static ImmutableSortedDictionary<string, string> Map(Property property) => property is MapProperty map
        ? map.Entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal)
        : throw CqlError.Syntax($"Invalid value for property '{property.Name}'. It should be a map.");

    private static int Integer(Property property, int least, int most)
    {
        if (!int.TryParse(Text(property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw CqlError.Syntax($"Invalid integer value {Text(property)} for '{property.Name}'");
        }

        return value < least ? throw CqlError.Configuration($"{property.Name} must be greater than or equal to {least} (got {value})")
            : value > most ? throw CqlError.Configuration($"{property.Name} must be less than or equal to {most} (got {value})")
            : value;
    }

    private static double Number(Property property, string name, bool positive)
    {
        if (!double.TryParse(Text(property), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            throw CqlError.Syntax($"Invalid double value {Text(property)} for '{property.Name}'");
        }

        return value > 1 || value < 0 || (positive && value == 0)
            ? throw CqlError.Configuration(positive
                ? $"{name} must be larger than 0.0 and less than or equal to 1.0 (got {Values.JavaNumbers.ToText(value)})"
                : $"{name} must be larger than or equal to 0.0 and smaller than or equal to 1.0 (got {Values.JavaNumbers.ToText(value)})")
            : value;
    }

    private static bool Boolean(Property property) => Text(property).ToLowerInvariant() switch
    {
        "true" or "yes" or "1" => true,
        "false" or "no" or "0" => false,
        _ => throw CqlError.Syntax($"Invalid boolean value {Text(property)} for '{property.Name}'. Positive values can be '1', 'true' or 'yes'. Negative values can be '0', 'false' or 'no'."),
    };

    private static string ReadRepair(string text) => text.ToUpperInvariant() switch
    {
        "BLOCKING" or "NONE" => text.ToUpperInvariant(),
        _ => throw CqlError.Configuration($"Unsupported value {text} for read_repair: must be one of BLOCKING, NONE"),
    };

    private static string Policy(Property property)
    {
        var text = Text(property);
        return text.ToUpperInvariant() switch
        {
            "ALWAYS" => "ALWAYS",
            "NONE" or "NEVER" => "NEVER",
            _ when IsPolicy(text.ToLowerInvariant()) => text.ToLowerInvariant(),
            _ => throw CqlError.Configuration($"Invalid value {text} for option '{property.Name}'"),
        };
    }

    // A percentile, milliseconds, or MIN or MAX of two of these.
    private static bool IsPolicy(string text) =>
        (text.EndsWith("ms", StringComparison.Ordinal) && double.TryParse(text[..^2], NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        || (text.EndsWith('p') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        || (text.EndsWith("percentile", StringComparison.Ordinal) && double.TryParse(text[..^10], NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        || ((text.StartsWith("min(", StringComparison.Ordinal) || text.StartsWith("max(", StringComparison.Ordinal)) && text.EndsWith(')') && text[4..^1].Split(',', StringSplitOptions.TrimEntries) is { Length: 2 } parts && parts.All(IsPolicy));

    private static ImmutableSortedDictionary<string, string> Compaction(ImmutableSortedDictionary<string, string> options)
    {
        if (!options.TryGetValue("class", out var name))
        {
            throw CqlError.Configuration("Missing sub-option 'class' for the 'compaction' option.");
        }

        var simple = name[(name.LastIndexOf('.') + 1)..];
        if (simple is not ("SizeTieredCompactionStrategy" or "LeveledCompactionStrategy" or "TimeWindowCompactionStrategy" or "UnifiedCompactionStrategy"))
        {
            throw CqlError.Configuration($"Unable to find compaction strategy class 'org.apache.cassandra.db.compaction.{simple}'");
        }

        options = options.SetItem("class", "org.apache.cassandra.db.compaction." + simple);
        if (simple != "UnifiedCompactionStrategy")
        {
            options = options.ContainsKey("max_threshold") ? options : options.Add("max_threshold", "32");
            options = options.ContainsKey("min_threshold") ? options : options.Add("min_threshold", "4");
        }

        return options;
    }

    private static ImmutableSortedDictionary<string, string> Compression(ImmutableSortedDictionary<string, string> options)
    {
        if (options.GetValueOrDefault("enabled") == "false")
        {
            return ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("enabled", "false");
        }

        if (options.TryGetValue("sstable_compression", out var old))
        {
            options = options.Remove("sstable_compression").SetItem("class", old);
        }

        if (!options.TryGetValue("class", out var name))
        {
            throw CqlError.Configuration("Missing sub-option 'class' for the 'compression' option.");
        }

        var simple = name[(name.LastIndexOf('.') + 1)..];
        return simple is "LZ4Compressor" or "SnappyCompressor" or "DeflateCompressor" or "ZstdCompressor" or "NoopCompressor"
            ? options.SetItem("class", "org.apache.cassandra.io.compress." + simple).SetItem("chunk_length_in_kb", options.GetValueOrDefault("chunk_length_in_kb", "16"))
            : throw CqlError.Configuration($"Could not create Compression for type org.apache.cassandra.io.compress.{simple}");
    }

    private static ImmutableSortedDictionary<string, string> Caching(ImmutableSortedDictionary<string, string> options, ImmutableSortedDictionary<string, string> before)
    {
        foreach (var (key, value) in options)
        {
            if (key == "keys" && value.ToUpperInvariant() is not ("ALL" or "NONE"))
            {
                throw CqlError.Configuration($"Invalid value '{value}' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed");
            }

            if (key == "rows_per_partition" && value.ToUpperInvariant() is not ("ALL" or "NONE") && !uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw CqlError.Configuration($"Invalid value '{value}' for caching sub-option 'rows_per_partition': only 'ALL', 'NONE', and positive integer numbers are allowed");
            }

            before = key is "keys" or "rows_per_partition" ? before.SetItem(key, value.ToUpperInvariant()) : throw CqlError.Configuration($"Invalid caching sub-options {{{key}={value}}}: only 'keys' and 'rows_per_partition' are allowed");
        }

        return before;
    }
}
