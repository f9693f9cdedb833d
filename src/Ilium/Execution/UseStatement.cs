using System.Buffers;

namespace Ilium.Execution;

/// <summary>Recognises <c>USE keyspace</c>, which moves a session and is never sent over a connection that others share.</summary>
internal static class UseStatement
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The keyspace a text selects, in its own case; null for any other text, also one that only begins like this: a server says what is wrong with it.</summary>
    internal static string? Parse(string cql)
    {
        var text = cql.AsSpan().TrimStart();
        if (text.Length < 5 || !text[..3].Equals("USE", StringComparison.OrdinalIgnoreCase) || !(char.IsWhiteSpace(text[3]) || text[3] == '"'))
        {
            return null;
        }

        var name = text[3..].Trim().TrimEnd(';').TrimEnd();
        if (name.Length > 2 && name[0] == '"' && name[^1] == '"')
        {
            var quoted = name[1..^1].ToString();
            return quoted.Replace("\"\"", "", StringComparison.Ordinal).Contains('"', StringComparison.Ordinal) ? null : quoted.Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        return name.Length > 0 && char.IsAsciiLetter(name[0]) && !name.ContainsAnyExcept(NameCharacters) ? name.ToString().ToLowerInvariant() : null;
    }
}
