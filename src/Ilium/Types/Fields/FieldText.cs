using System.Collections;
using System.Globalization;

namespace Ilium.Types;

/// <summary>Natural values as text, for people: the collections of the CLR print only their type.</summary>
internal static class FieldText
{
    internal static string Of(object? value) => value switch
    {
        null => "null",
        string text => text,
        byte[] bytes => "0x" + Convert.ToHexStringLower(bytes),
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{Of(key)}: {Of(map[key])}"))}}}",
        IFormattable formattable => formattable.ToString(format: null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ => value.ToString() ?? "",
    };
}
