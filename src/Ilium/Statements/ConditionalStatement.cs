namespace Ilium.Statements;

/// <summary>Recognises lightweight transactions: <c>INSERT … IF NOT EXISTS</c>, <c>UPDATE … IF</c>, <c>DELETE … IF</c>, and batches in CQL of them.</summary>
internal static class ConditionalStatement
{
    /// <summary>Whether a text has the word IF, which CQL reserves, outside of quotes and comments, in a statement that writes rows.</summary>
    internal static bool Is(string cql)
    {
        var rest = SkipBlanks(cql);
        return IsWord(rest, "INSERT") || IsWord(rest, "UPDATE") || IsWord(rest, "DELETE") || IsWord(rest, "BEGIN") ? HasIf(rest) : false;
    }

    private static bool HasIf(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            if (char.IsAsciiLetter(rest[0]))
            {
                if (IsWord(rest, "IF"))
                {
                    return true;
                }

                rest = rest[WordLength(rest)..];
            }
            else
            {
                rest = Skip(rest);
            }

            rest = SkipBlanks(rest);
        }

        return false;
    }

    /// <summary>Behind a literal, a quoted name or one character.</summary>
    private static ReadOnlySpan<char> Skip(ReadOnlySpan<char> rest) => rest switch
    {
        ['\'', ..] => Behind(rest[1..], "'"),
        ['"', ..] => Behind(rest[1..], "\""),
        ['$', '$', ..] => Behind(rest[2..], "$$"),
        _ when char.IsAsciiDigit(rest[0]) => rest[WordLength(rest)..],
        _ => rest[1..],
    };

    private static ReadOnlySpan<char> SkipBlanks(ReadOnlySpan<char> rest)
    {
        while (true)
        {
            rest = rest.TrimStart();
            if (rest.StartsWith("--") || rest.StartsWith("//"))
            {
                rest = Behind(rest, "\n");
            }
            else if (rest.StartsWith("/*"))
            {
                rest = Behind(rest[2..], "*/");
            }
            else
            {
                return rest;
            }
        }
    }

    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> rest, string end)
    {
        var found = rest.IndexOf(end, StringComparison.Ordinal);
        return found < 0 ? default : rest[(found + end.Length)..];
    }

    private static bool IsWord(ReadOnlySpan<char> rest, string word) =>
        rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) && WordLength(rest) == word.Length;

    private static int WordLength(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_'))
        {
            length++;
        }

        return length;
    }
}
