namespace Ilium;

/// <summary>
/// Stands for "leave this column as it is" when parameters are bound: nothing is written, not even a null, so no tombstone is made. Needs protocol
/// v4 or later. Immutable and safe for all threads.
/// </summary>
public sealed class Unset
{
    private Unset()
    {
    }

    /// <summary>The only instance.</summary>
    public static Unset Value { get; } = new();

    /// <summary>The word <c>UNSET</c>.</summary>
    public override string ToString() => "UNSET";
}
