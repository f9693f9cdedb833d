namespace Ilium;

/// <summary>The keyspace or table to be created exists.</summary>
public sealed class AlreadyExistsException : ServerException
{
    internal AlreadyExistsException(string message, string keyspace, string table)
        : base(0x2400, message)
    {
        Keyspace = keyspace;
        Table = table;
    }

    /// <summary>The keyspace.</summary>
    public string Keyspace { get; }

    /// <summary>The table; empty when it was the keyspace that exists.</summary>
    public string Table { get; }
}
