namespace Ilium;

/// <summary>The server did not accept the credentials (0x0100).</summary>
public sealed class AuthenticationFailedException : ServerException
{
    internal const int ErrorCode = 0x0100;

    /// <param name="message">What the server said, or what the driver found out by itself.</param>
    /// <param name="details">What comes before the server's words.</param>
    internal AuthenticationFailedException(string message, string? details = null)
        : base(ErrorCode, message, details)
    {
    }
}

/// <summary>A function or aggregate failed while it ran (0x1400). Nothing was written.</summary>
public sealed class FunctionFailureException : ServerException
{
    internal const int ErrorCode = 0x1400;

    internal FunctionFailureException(string serverMessage, string keyspace, string function, IReadOnlyList<string> argumentTypes)
        : base(ErrorCode, serverMessage, $"{keyspace}.{function}({string.Join(", ", argumentTypes)}) failed.")
    {
        Keyspace = keyspace;
        Function = function;
        ArgumentTypes = argumentTypes;
    }

    /// <summary>The keyspace of the function.</summary>
    public string Keyspace { get; }

    /// <summary>The name of the function.</summary>
    public string Function { get; }

    /// <summary>The CQL types of its arguments.</summary>
    public IReadOnlyList<string> ArgumentTypes { get; }
}

/// <summary>The statement is not valid CQL (0x2000).</summary>
public sealed class SyntaxErrorException : ServerException
{
    internal const int ErrorCode = 0x2000;

    internal SyntaxErrorException(string serverMessage)
        : base(ErrorCode, serverMessage, "The statement is not valid CQL; mend it where the server points.")
    {
    }
}

/// <summary>The user may not do this (0x2100).</summary>
public sealed class UnauthorizedException : ServerException
{
    internal const int ErrorCode = 0x2100;

    internal UnauthorizedException(string serverMessage)
        : base(ErrorCode, serverMessage, "The role that logged in may not do this; GRANT it the permission, or log in as another.")
    {
    }
}

/// <summary>The statement is CQL but makes no sense here: an unknown table, a value of the wrong type and so on (0x2200).</summary>
public sealed class InvalidQueryException : ServerException
{
    internal const int ErrorCode = 0x2200;

    internal InvalidQueryException(string serverMessage)
        : base(ErrorCode, serverMessage, "The statement is CQL but does not make sense here; mend it, or create what it names.")
    {
    }
}

/// <summary>The server's configuration, or an option in the statement, does not allow it (0x2300).</summary>
public sealed class ConfigurationErrorException : ServerException
{
    internal const int ErrorCode = 0x2300;

    internal ConfigurationErrorException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }
}

/// <summary>A keyspace or table of that name exists (0x2400).</summary>
public sealed class AlreadyExistsException : ServerException
{
    internal const int ErrorCode = 0x2400;

    internal AlreadyExistsException(string serverMessage, string keyspace, string table)
        : base(ErrorCode, serverMessage)
    {
        Keyspace = keyspace;
        Table = table;
    }

    /// <summary>The keyspace that exists, or that holds the table.</summary>
    public string Keyspace { get; }

    /// <summary>The table that exists; empty when it is the keyspace.</summary>
    public string Table { get; }
}

/// <summary>
/// The node does not know a prepared statement (0x2500). The driver prepares it again by itself; this is seen only when that does not help.
/// </summary>
public sealed class UnpreparedException : ServerException
{
    internal const int ErrorCode = 0x2500;

    internal UnpreparedException(string serverMessage, byte[] id)
        : base(ErrorCode, serverMessage)
    {
        Id = id;
    }

    /// <summary>The id the node does not know.</summary>
    public byte[] Id { get; }

    /// <summary>True.</summary>
    public override bool IsTransient => true;
}
