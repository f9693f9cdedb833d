namespace Ilium;

/// <summary>A user-defined function failed.</summary>
public sealed class FunctionFailureException : ServerException
{
    internal FunctionFailureException(string message, string keyspace, string function, IReadOnlyList<string> argumentTypes)
        : base(0x1400, message)
    {
        Keyspace = keyspace;
        Function = function;
        ArgumentTypes = argumentTypes;
    }

    /// <summary>The keyspace.</summary>
    public string Keyspace { get; }

    /// <summary>The function.</summary>
    public string Function { get; }

    /// <summary>The CQL types of its arguments.</summary>
    public IReadOnlyList<string> ArgumentTypes { get; }
}
