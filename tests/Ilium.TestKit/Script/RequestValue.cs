namespace Ilium.TestKit;

/// <summary>One bound value of a request: bytes, null, or unset (v4 and later).</summary>
public sealed record RequestValue(byte[]? Bytes, bool IsUnset)
{
    public bool IsNull => Bytes is null && !IsUnset;
}
