using Ilium.Types;

namespace Ilium;

/// <summary>The type of a column that this client encrypts: a <c>blob</c> to the server.</summary>
public sealed record CqlEncryptedType : CqlType
{
    // Custom: nothing that knows the bytes of a type may take these for them.
    internal CqlEncryptedType(ColumnCipher cipher)
        : base(CqlTypeCode.Custom)
    {
        Cipher = cipher;
    }

    /// <summary>The type of the values before they are encrypted.</summary>
    public CqlType Plain => Cipher.Column.Type;

    internal ColumnCipher Cipher { get; }

    /// <summary>What the server holds, and of what type it is decrypted: <c>blob (encrypted text)</c>.</summary>
    public override string ToString() => $"blob (encrypted {Plain})";
}
