using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Ilium.Extensions;

/// <summary>
/// Reads a section of the configuration: the keys are those of a connection string, without spaces (<c>ContactPoints</c>, <c>Tls:CaFile</c>), with lists where it has commas, and those of
/// <see cref="CassandraOptions"/>. By hand, so that nothing is looked up by reflection.
/// </summary>
internal static class ConfiguredCluster
{
    private const string ConnectionString = nameof(ConnectionString);

    /// <exception cref="InvalidOptionsException">With every fault there is, each with the section's path.</exception>
    internal static void Read(IConfiguration section, CassandraOptions options)
    {
        var path = section is IConfigurationSection { Path: var name } ? $"Configuration section '{name}'" : "The configuration";
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            throw new InvalidOptionsException([section is IConfigurationSection { Value.Length: > 0 }
                ? $"{path} is one value: a connection string is given to AddCassandra as text."
                : $"{path} is not there, or empty: it has at least ContactPoints."]);
        }

        var faults = new List<string>();
        var pairs = new DbConnectionStringBuilder();
        foreach (var child in children)
        {
            switch (child.Key.ToUpperInvariant())
            {
                case "CONNECTIONSTRING":
                    // Before the others, which come on top of it.
                    break;
                case "WARMUP":
                    options.WarmUp = ReadMode(child, faults) ?? options.WarmUp;
                    break;
                case "WARMUPTIMEOUT":
                    options.WarmUpTimeout = ReadTime(child, faults) ?? options.WarmUpTimeout;
                    break;
                default:
                    Add(pairs, child.Key, child, faults);
                    break;
            }
        }

        try
        {
            options.Cluster = ClusterOptions.Parse(OnTop(children.Find(static child => child.Key.Equals(ConnectionString, StringComparison.OrdinalIgnoreCase))?.Value, pairs));
        }
        catch (InvalidOptionsException e)
        {
            faults.AddRange(e.Faults);
        }

        if (faults.Count > 0)
        {
            throw new InvalidOptionsException([.. faults.Select(fault => $"{path}: {fault}")]);
        }
    }

    /// <summary>A connection string, with what the section says besides in place of what it says.</summary>
    private static string OnTop(string? connectionString, DbConnectionStringBuilder pairs)
    {
        if (string.IsNullOrEmpty(connectionString))
        {
            return pairs.ConnectionString;
        }

        var below = new DbConnectionStringBuilder();
        try
        {
            below.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            // The driver says what is wrong with it.
            return connectionString;
        }

        foreach (string key in below.Keys.Cast<string>().ToArray())
        {
            if (pairs.ContainsKey(key.Replace(" ", "", StringComparison.Ordinal)))
            {
                below.Remove(key);
            }
        }

        foreach (string key in pairs.Keys)
        {
            below[key] = pairs[key];
        }

        return below.ConnectionString;
    }

    /// <summary>Adds a value, a list of values, or the values of a section within the section.</summary>
    private static void Add(DbConnectionStringBuilder pairs, string key, IConfigurationSection section, List<string> faults)
    {
        if (section.Value is { } value)
        {
            Set(key, value);
        }

        var children = section.GetChildren().ToList();
        if (children.Count > 0 && children.TrueForAll(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            // "0", "1", ... "10": as numbers, and not in the order of their letters.
            var values = children.OrderBy(static child => int.Parse(child.Key, CultureInfo.InvariantCulture)).Select(static child => child.Value ?? "");
            Set(key, string.Join(',', values));
            return;
        }

        foreach (var child in children)
        {
            Add(pairs, key + child.Key, child, faults);
        }

        void Set(string name, string text)
        {
            // Spaces do not matter in keys. An empty value would be no value to the builder, and so vanish.
            name = name.Replace(" ", "", StringComparison.Ordinal);
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains(';', StringComparison.Ordinal))
            {
                faults.Add($"'{section.Key}' is not a known key.");
            }
            else if (!pairs.ContainsKey(name))
            {
                pairs[name] = text;
            }
            else
            {
                faults.Add($"'{name}' is given twice, with and without spaces: give it once.");
            }
        }
    }

    private static WarmUpMode? ReadMode(IConfigurationSection section, List<string> faults)
    {
        // Numbers, which Enum.TryParse takes too, are a slip.
        if (section.Value is { Length: > 0 } text && char.IsAsciiLetter(text[0]) && Enum.TryParse<WarmUpMode>(text, ignoreCase: true, out var mode) && Enum.IsDefined(mode))
        {
            return mode;
        }

        faults.Add($"WarmUp is '{section.Value}': it is one of {string.Join(", ", Enum.GetNames<WarmUpMode>())}.");
        return null;
    }

    private static TimeSpan? ReadTime(IConfigurationSection section, List<string> faults)
    {
        if (section.Value is { } text && text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time))
        {
            return time;
        }

        if (int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        faults.Add($"WarmUpTimeout is '{section.Value}': it is a number of seconds, or a time such as 00:00:30.");
        return null;
    }
}
