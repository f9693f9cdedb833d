namespace Ilium.Embedded.Cql.Ast;

/// <summary>Where something begins in a statement's text, as Cassandra counts: lines from 1, columns (UTF-16 code units) from 0.</summary>
internal readonly record struct SourcePosition(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Line}:{Column}";
}
