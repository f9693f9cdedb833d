using System.Collections;
using System.Runtime.CompilerServices;

namespace Ilium;

/// <summary>
/// Statements that are sent together: simple and bound ones, mixed as you like. Fill it, then execute it; it may be executed again and by
/// several threads, but not filled while it runs.
/// </summary>
public sealed class BatchStatement : Statement, IReadOnlyCollection<Statement>
{
    /// <summary>The protocol counts the statements in 16 bits.</summary>
    public const int MaxStatements = 65_535;

    private readonly List<Statement> _statements = [];

    /// <summary>Makes an empty batch.</summary>
    /// <param name="type">What it promises; <see cref="BatchType.Logged"/> by default.</param>
    public BatchStatement(BatchType type = BatchType.Logged)
    {
        Type = type;
    }

    /// <summary>What it promises.</summary>
    public BatchType Type { get; }

    /// <summary>The number of statements.</summary>
    public int Count => _statements.Count;

    internal IReadOnlyList<Statement> Statements => _statements;

    internal override bool IsRead => false;

    /// <summary>Adds a statement.</summary>
    /// <param name="statement">A simple or bound statement; its own options don't count, the batch's do.</param>
    /// <exception cref="ArgumentException">It is a batch.</exception>
    /// <exception cref="InvalidOperationException">The batch holds <see cref="MaxStatements"/> already.</exception>
    public void Add(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (statement is BatchStatement)
        {
            throw new ArgumentException("A batch can't hold another batch; add its statements.", nameof(statement));
        }

        if (_statements.Count == MaxStatements)
        {
            throw new InvalidOperationException($"A batch holds at most {MaxStatements:N0} statements; execute this one and begin another.");
        }

        _statements.Add(statement);
    }

    /// <summary>Adds CQL text without values.</summary>
    /// <param name="cql">The text.</param>
    public void Add(string cql) => Add(new SimpleStatement(cql));

    /// <summary>Adds an interpolated statement: each hole becomes a bind marker.</summary>
    /// <param name="cql">An interpolated string.</param>
    [OverloadResolutionPriority(1)]
    public void Add(CqlInterpolatedStringHandler cql) => Add(cql.ToStatement());

    /// <summary>Goes through the statements in order.</summary>
    public IEnumerator<Statement> GetEnumerator() => _statements.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
