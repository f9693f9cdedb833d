namespace Ilium.Statements;

/// <summary>Recognises what only reads, and may therefore be done twice.</summary>
internal static class SelectStatement
{
    /// <summary>Whether a text begins with SELECT. One that begins with a comment counts as a write, which is the safe side.</summary>
    internal static bool Is(string cql)
    {
        var text = cql.AsSpan().TrimStart();
        return text.Length > 6 && text[..6].Equals("SELECT", StringComparison.OrdinalIgnoreCase) && !char.IsAsciiLetterOrDigit(text[6]) && text[6] != '_';
    }
}
