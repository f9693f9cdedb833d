using System.Text;

namespace Ilium.Generators;

/// <summary>Names as CQL is usually written: <c>FirstName</c> is <c>first_name</c>, <c>UserID</c> <c>user_id</c>, <c>HTTPPort</c> <c>http_port</c>.</summary>
internal static class SnakeCase
{
    internal static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && BeginsWord(name, i))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    // After anything but a capital, and the last capital of several before a small letter.
    private static bool BeginsWord(string name, int at) => !char.IsUpper(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1]));
}
