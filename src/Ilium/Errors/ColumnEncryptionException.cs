namespace Ilium;

/// <summary>
/// A column that this client encrypts (<see cref="ClusterOptions.ColumnEncryption"/>) can't be written or read. Thrown before anything is sent, when a statement is prepared, or where the value is read;
/// the request and its other columns are not concerned. Says nothing of the value or the key.
/// </summary>
public sealed class ColumnEncryptionException : CassandraException
{
    internal ColumnEncryptionException(EncryptedColumn column, ColumnEncryptionFault fault, string what, Exception? innerException = null)
        : base($"The encrypted column {column.Keyspace}.{column.Table}.{column.Name} can't be used: {what}.", innerException)
    {
        Column = column;
        Fault = fault;
    }

    /// <summary>The column.</summary>
    public EncryptedColumn Column { get; }

    /// <summary>What is wrong.</summary>
    public ColumnEncryptionFault Fault { get; }

    /// <summary>True when the key provider may work again later.</summary>
    public override bool IsTransient => Fault == ColumnEncryptionFault.NoKeys;
}
