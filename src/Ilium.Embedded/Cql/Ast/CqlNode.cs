namespace Ilium.Embedded.Cql.Ast;

/// <summary>
/// A node of the syntax tree: immutable, and equal to another with the same content wherever that was written. Names are as the server sees them:
/// folded to lower case unless they were quoted.
/// </summary>
internal abstract record CqlNode(SourcePosition Position)
{
    /// <summary>Content only; the position is no part of it.</summary>
    public virtual bool Equals(CqlNode? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();
}
