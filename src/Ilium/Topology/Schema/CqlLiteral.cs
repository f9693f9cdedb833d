using System.Collections;
using System.Globalization;
using System.Text;

namespace Ilium.Topology.Schema;

/// <summary>Values as CQL text writes them, for exported schemas.</summary>
internal static class CqlLiteral
{
    /// <summary>A text constant.</summary>
    internal static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A constant of any kind that a system table holds.</summary>
    internal static string Of(object value) => value switch
    {
        string text => Text(text),
        bool boolean => boolean ? "true" : "false",
        double number => Number(number),
        float number => Number(number),
        byte[] bytes => $"0x{Convert.ToHexStringLower(bytes)}",
        IReadOnlyDictionary<string, string> map => Map(map),
        IReadOnlyDictionary<string, byte[]> map => $"{{{string.Join(", ", map.Select(static entry => $"{Text(entry.Key)}: {Of(entry.Value)}"))}}}",
        IDictionary map => $"{{{string.Join(", ", Entries(map))}}}",
        IEnumerable list when IsSet(value) => $"{{{string.Join(", ", list.Cast<object>().Select(Of))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Of))}]",
        Guid or CqlDuration => $"{value}",
        IFormattable number when value is byte or sbyte or short or int or long or decimal => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Text($"{value}"),
    };

    /// <summary>A map of text to text, in the order it comes in.</summary>
    internal static string Map(IEnumerable<KeyValuePair<string, string>> map)
    {
        var text = new StringBuilder("{");
        foreach (var (key, value) in map)
        {
            if (text.Length > 1)
            {
                text.Append(", ");
            }

            text.Append(Text(key)).Append(": ").Append(Text(value));
        }

        return text.Append('}').ToString();
    }

    // "1.0" and not "1", as servers write it: an option's text then tells its type.
    private static string Number(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.All(static c => c == '-' || char.IsAsciiDigit(c)) ? text + ".0" : text;
    }

    private static IEnumerable<string> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return $"{Of(entry.Key)}: {Of(entry.Value!)}";
        }
    }

    private static bool IsSet(object value) => value is IReadOnlySet<string> or IReadOnlySet<int> or IReadOnlySet<long> or IReadOnlySet<Guid> or IReadOnlySet<object>;
}
