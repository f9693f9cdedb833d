namespace Ilium;

/// <summary>Why a value of an encrypted column could not be encrypted or decrypted.</summary>
public enum ColumnEncryptionFault
{
    /// <summary>The column is no blob, or a randomized one where only a deterministic one can be.</summary>
    Column,

    /// <summary>The key provider has failed.</summary>
    NoKeys,

    /// <summary>The value was encrypted with a key that the key provider does not have.</summary>
    UnknownKey,

    /// <summary>The value was not encrypted by a client such as this.</summary>
    NotEncrypted,

    /// <summary>A part of the value is missing.</summary>
    Truncated,

    /// <summary>The value was changed, comes from another column, or the key with its number is another.</summary>
    NotAuthentic,
}
