using System.ComponentModel;
using Ilium.Types;

namespace Ilium;

/// <summary>Takes the members of a mapped type, in order. Called by generated code, once for each shape of result.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemberMap
{
    private readonly List<MappedMember> _members = [];

    internal MemberMap()
    {
    }

    internal IReadOnlyList<MappedMember> Members => _members;

    /// <summary>Adds a member.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="member">Its name in C#.</param>
    /// <param name="name">Its name in CQL.</param>
    /// <param name="rules">Whether it may be missing or null, and whether it goes by other names too.</param>
    public void Add<T>(string member, string name, MemberRules rules) => _members.Add(new MappedMember<T>(member, name, rules));
}

/// <summary>What holds for one member of a mapped type. Used by generated code.</summary>
[Flags]
[EditorBrowsable(EditorBrowsableState.Never)]
public enum MemberRules
{
    /// <summary>May be missing, never null, goes by one name.</summary>
    None = 0,

    /// <summary>A result or user-defined type without it is an error.</summary>
    Required = 1,

    /// <summary>Takes null.</summary>
    Nullable = 2,

    /// <summary>Goes by the member's own name as well, in its own case or in lower case.</summary>
    AnyName = 4,
}
