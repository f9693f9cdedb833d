namespace Ilium.Connection;

/// <summary>Which of the client's own ports a connection is to come from: ScyllaDB's shard-aware port takes the shard from it.</summary>
/// <param name="Remainder">What is left when the port is divided.</param>
/// <param name="Divisor">What it is divided by.</param>
internal readonly record struct SourcePorts(int Remainder, int Divisor)
{
    // The ports nobody is registered for (RFC 6335 §6).
    private const int First = 49_152;
    private const int Last = 65_535;

    /// <summary>All of them, from one that is as good as any.</summary>
    internal IEnumerable<int> InTurn(int start)
    {
        var least = First + ((Remainder - (First % Divisor) + Divisor) % Divisor);
        var count = ((Last - least) / Divisor) + 1;
        for (var i = 0; i < count; i++)
        {
            yield return least + ((int)(((uint)start + (uint)i) % (uint)count) * Divisor);
        }
    }
}
