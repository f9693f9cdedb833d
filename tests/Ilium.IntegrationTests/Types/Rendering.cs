using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ilium.IntegrationTests.Types;

/// <summary>Values as text that shows everything: the sign of zero, scales, kinds of time, bytes. Two values are the same when their texts are.</summary>
internal static class Rendering
{
    internal static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        byte[] bytes => $"0x{Convert.ToHexString(bytes)}",
        ReadOnlyMemory<byte> memory => $"0x{Convert.ToHexString(memory.Span)}",
        Memory<byte> memory => $"0x{Convert.ToHexString(memory.Span)}",
        ArraySegment<byte> segment => $"0x{Convert.ToHexString(segment)}",
        ReadOnlyMemory<char> memory => $"'{memory}'",
        ReadOnlyMemory<float> memory => Of(memory.ToArray()),
        Memory<float> memory => Of(memory.ToArray()),
        char[] characters => $"'{new string(characters)}'",
        double number => $"{number.ToString("R", CultureInfo.InvariantCulture)}d{BitConverter.DoubleToInt64Bits(number):X}",
        float number => $"{number.ToString("R", CultureInfo.InvariantCulture)}f{BitConverter.SingleToInt32Bits(number):X}",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        UdtValue user => $"{{{string.Join(", ", user.Type.Fields.Select((field, i) => $"{field.Name}: {Of(user[i])}"))}}}",
        CqlTuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Count).Select(i => Of(tuple[i])))})",
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i])))})",
        IDictionary map => Sorted(map.Keys.Cast<object>().Select(key => $"{Of(key)}: {Of(map[key])}")),
        DictionaryEntry entry => $"{Of(entry.Key)}: {Of(entry.Value)}",
        IEnumerable items when IsSet(items.GetType()) => Sorted(items.Cast<object?>().Select(Of)),
        IEnumerable items and not System.Net.IPAddress => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static bool IsSet(Type type) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlySet<>));

    private static string Sorted(IEnumerable<string> parts) => $"{{{string.Join(", ", parts.Order(StringComparer.Ordinal))}}}";
}
