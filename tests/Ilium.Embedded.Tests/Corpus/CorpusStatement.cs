namespace Ilium.Embedded.Tests.Corpus;

/// <summary>How a statement of the corpus is run and compared.</summary>
[Flags]
public enum CorpusMode
{
    Execute = 0,

    /// <summary>Only prepared: its variables and result columns are compared.</summary>
    Prepare = 1,

    /// <summary>Its values are others each time; only that there are values is compared.</summary>
    ValuesVary = 2,

    /// <summary>The order of its rows is not compared.</summary>
    AnyOrder = 4,

    /// <summary>Its values are text that has ids and moments in it, which are others each time and not compared.</summary>
    TextWithoutIds = 8,
}

/// <summary>A statement of the corpus, and where it is.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Cql">The text, as sent.</param>
/// <param name="Mode">How it is run.</param>
/// <param name="Difference">Why the embedded node is known to answer differently; null where it has to answer the same.</param>
public sealed record CorpusStatement(int Line, string Cql, CorpusMode Mode, string? Difference);
