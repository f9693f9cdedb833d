namespace Ilium;

/// <summary>
/// A result, or a user-defined type, has nothing for a member that a mapped type needs. Thrown when the first row is read; the message says what is missing and what there is.
/// </summary>
public sealed class MappingException : CassandraException
{
    internal MappingException(
        Type mappedType, IReadOnlyList<string> members, IReadOnlyList<string> missing, IReadOnlyList<string> present, string part, string whole)
        : base(Describe(mappedType, members, missing, present, part, whole))
    {
        MappedType = mappedType;
        Members = members;
        Missing = missing;
    }

    /// <summary>The type that was to be read into.</summary>
    public Type MappedType { get; }

    /// <summary>The members that need a column or field, as C# calls them.</summary>
    public IReadOnlyList<string> Members { get; }

    /// <summary>The columns or fields that were looked for, one for each of <see cref="Members"/>.</summary>
    public IReadOnlyList<string> Missing { get; }

    private static string Describe(
        Type mappedType, IReadOnlyList<string> members, IReadOnlyList<string> missing, IReadOnlyList<string> present, string part, string whole)
    {
        var needs = string.Join(", ", missing.Select((name, i) => $"'{name}' (for {members[i]})"));
        return $"{mappedType.Name} needs the {part}{(missing.Count > 1 ? "s" : "")} {needs}, which {whole} does not have; it has {string.Join(", ", present)}. " +
            $"Select {(missing.Count > 1 ? "them" : "it")}, name the {part} with [CqlName], or give the member a default value.";
    }
}
