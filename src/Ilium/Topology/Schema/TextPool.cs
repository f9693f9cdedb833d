using System.Text;

namespace Ilium.Topology.Schema;

/// <summary>
/// Makes one string of equal texts: a schema of ten thousand columns has a few dozen types and a few hundred names. Used by one thread.
/// </summary>
internal sealed class TextPool
{
    private const int LongestShared = 128;

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _texts =
        new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    internal string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestShared)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> chars = stackalloc char[LongestShared];
        ReadOnlySpan<char> text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (!_texts.TryGetValue(text, out var known))
        {
            known = text.ToString();
            _texts.Add(known);
        }

        return known;
    }
}
