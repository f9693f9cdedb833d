namespace Ilium.Types;

/// <summary>Finds the column or field of each member by name. One column goes to one member.</summary>
internal static class MemberMatching
{
    /// <summary>For each name the place of its member, or -1.</summary>
    internal static int[] MembersOf(IReadOnlyList<MappedMember> members, IReadOnlyList<string> names)
    {
        var found = new int[names.Count];
        Array.Fill(found, -1);
        var placed = new bool[members.Count];

        // The given names and snake case first, for all members; what is left goes by the member's own name, as it is and as CQL folds it without quotes.
        Match(member => member.Name);
        Match(member => member.GoesByAnyName ? member.Member : null);
        Match(member => member.GoesByAnyName ? member.Member.ToLowerInvariant() : null);
        return found;

        void Match(Func<MappedMember, string?> nameOf)
        {
            for (var i = 0; i < members.Count; i++)
            {
                if (!placed[i] && nameOf(members[i]) is { } name && IndexOf(name) is var at and >= 0 && found[at] < 0)
                {
                    found[at] = i;
                    placed[i] = true;
                }
            }
        }

        // A name that occurs twice means its first column, as in Row.Get.
        int IndexOf(string name)
        {
            for (var i = 0; i < names.Count; i++)
            {
                if (names[i] == name)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
