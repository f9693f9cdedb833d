namespace Ilium.Embedded.Cql.Ast;

/// <summary>One statement.</summary>
internal abstract record CqlStatement(SourcePosition Position) : CqlNode(Position)
{
    /// <summary>The markers of the statement in the order of its text. Those of a batch are the batch's, and its children have none here.</summary>
    public NodeList<BindMarker> BindMarkers { get; init; }

    /// <summary>The markers are in the content already.</summary>
    public virtual bool Equals(CqlStatement? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
