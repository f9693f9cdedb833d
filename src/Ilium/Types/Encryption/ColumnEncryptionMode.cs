namespace Ilium;

/// <summary>Whether equal values of an encrypted column look equal to who has no key.</summary>
public enum ColumnEncryptionMode
{
    /// <summary>They don't: each value has a random nonce. The column can be read and written, and not searched for.</summary>
    Randomized,

    /// <summary>
    /// They do, and only that: so that the column can be a key and be compared for equality. Values that are few or can be guessed are better not encrypted so.
    /// </summary>
    Deterministic,
}
