namespace Ilium.Execution;

/// <summary>Recognises <c>USE keyspace</c>, which moves a session and is never sent over a connection that others share.</summary>
internal static class UseStatement
{
    /// <summary>The keyspace a text selects, in its own case; null for any other text.</summary>
    internal static string? Parse(string cql)
    {
        var text = cql.AsSpan().TrimStart();
        if (text.Length < 5 || !text[..3].Equals("USE", StringComparison.OrdinalIgnoreCase) || !(char.IsWhiteSpace(text[3]) || text[3] == '"'))
        {
            return null;
        }

        var name = text[3..].Trim().TrimEnd(';').TrimEnd();
        if (name.Length >= 2 && name[0] == '"' && name[^1] == '"')
        {
            return name[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        return name.ToString().ToLowerInvariant();
    }
}
