using System.Globalization;
using System.Text;

namespace Ilium.Generators;

/// <summary>
/// Names of generated files. The compiler compares them without case and takes letters and digits only, where C# takes <c>order</c> beside <c>Order</c> and marks that join letters: what tells names
/// apart is a hash.
/// </summary>
internal static class HintNames
{
    internal static string Of(string typeName)
    {
        // FNV-1a, https://datatracker.ietf.org/doc/draft-eastlake-fnv.
        var hash = 2166136261u;
        var text = new StringBuilder(typeName.Length);
        foreach (var letter in typeName)
        {
            hash = unchecked((hash ^ letter) * 16777619u);
            text.Append(char.IsLetterOrDigit(letter) || letter is '.' or '`' or '_' ? letter : '_');
        }

        return text.Append(".CqlMapping.").Append(hash.ToString("x8", CultureInfo.InvariantCulture)).Append(".g.cs").ToString();
    }
}
