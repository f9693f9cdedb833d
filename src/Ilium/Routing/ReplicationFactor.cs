using System.Globalization;

namespace Ilium.Routing;

/// <summary>How many nodes keep a partition, and how many of these only until it is repaired (Cassandra 4.0's transient replicas: <c>3/1</c>).</summary>
internal readonly record struct ReplicationFactor(int All, int Transient)
{
    internal static bool TryParse(string? text, out ReplicationFactor factor)
    {
        factor = default;
        var parts = (text ?? "").Split('/');
        var transient = 0;
        if (parts.Length > 2 || !TryParseCount(parts[0], out var all) || (parts.Length == 2 && !TryParseCount(parts[1], out transient)) || transient > all)
        {
            return false;
        }

        factor = new ReplicationFactor(all, transient);
        return true;
    }

    /// <summary>How many replicas there are among so many nodes.</summary>
    internal int AllOf(int nodes) => Math.Min(All, nodes);

    /// <summary>How many of them have all the data: those that come first. Nodes that are missing are missing from the transient ones.</summary>
    internal int FullOf(int nodes) => AllOf(nodes) - Math.Max(0, Transient - (All - AllOf(nodes)));

    public override string ToString() => Transient == 0 ? $"{All}" : $"{All}/{Transient}";

    private static bool TryParseCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
