namespace Ilium;

/// <summary>What is done about a failed attempt.</summary>
public enum RetryVerdict
{
    /// <summary>The failure goes to the caller.</summary>
    Rethrow = 0,

    /// <summary>The caller gets an empty result.</summary>
    Ignore = 1,

    /// <summary>The same node is asked again.</summary>
    RetrySame = 2,

    /// <summary>A node that was not asked yet is asked.</summary>
    RetryNext = 3,
}
