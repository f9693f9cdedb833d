namespace Ilium;

/// <summary>How one of many statements ended.</summary>
public readonly record struct StatementOutcome
{
    private readonly RowSet? _rows;

    internal StatementOutcome(long index, Statement statement, RowSet? rows, Exception? error)
    {
        Index = index;
        Statement = statement;
        _rows = rows;
        Error = error;
    }

    /// <summary>Its place among the statements, from 0.</summary>
    public long Index { get; }

    /// <summary>The statement.</summary>
    public Statement Statement { get; }

    /// <summary>Why it failed; null when it did not. Set only with <see cref="ExecuteManyOptions.ContinueOnError"/>: else it is thrown.</summary>
    public Exception? Error { get; }

    /// <summary>True when it was answered.</summary>
    public bool Succeeded => Error is null;

    /// <summary>The first page of what it returned. Throws <see cref="Error"/> when it failed.</summary>
    public RowSet Rows
    {
        get
        {
            if (Error is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Error);
            }

            return _rows!;
        }
    }
}
