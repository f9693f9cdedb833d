using System.Collections.Immutable;
using System.Globalization;

namespace Ilium.Dse;

/// <summary>Prints geometries as the Open Geospatial Consortium writes them.</summary>
internal static class WellKnownText
{
    /// <summary>As short as it can be without losing anything.</summary>
    internal static string Of(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    internal static string Of(Point point) => $"{Of(point.X)} {Of(point.Y)}";

    internal static string Of(ImmutableArray<Point> points) => $"({string.Join(", ", points.Select(Of))})";

    internal static int Hash(ImmutableArray<Point> points) => points.Aggregate(17, HashCode.Combine);
}
