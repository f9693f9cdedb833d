using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Ilium.Dse;

/// <summary>A line through points: DSE's <c>'LineStringType'</c>. Immutable; equal when the points are, in their order.</summary>
public sealed class LineString : IEquatable<LineString>
{
    /// <summary>A line through points.</summary>
    /// <param name="points">The points, in order; none for the empty line.</param>
    public LineString(params IEnumerable<Point> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        Points = [.. points];
    }

    /// <summary>The points, in order.</summary>
    public ImmutableArray<Point> Points { get; }

    /// <summary>Reads well-known text, such as <c>LINESTRING (0 0, 1.5 -2)</c>, in any case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is not the text of a line.</exception>
    public static LineString Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a line: write it like LINESTRING (0 0, 1.5 -2).");
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="value">The line, or null when false is returned.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out LineString? value)
    {
        var reader = new WellKnownTextReader(text);
        var points = ImmutableArray<Point>.Empty;
        value = reader.TryTake("LINESTRING") && (reader.TryTake("EMPTY") || reader.TryReadPoints(out points)) && reader.IsAtEnd ? new LineString(points) : null;
        return value is not null;
    }

    /// <summary>True for a line through equal points.</summary>
    /// <param name="other">Another line.</param>
    public bool Equals(LineString? other) => other is not null && Points.AsSpan().SequenceEqual(other.Points.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LineString);

    /// <inheritdoc/>
    public override int GetHashCode() => WellKnownText.Hash(Points);

    /// <summary>Well-known text that <see cref="Parse"/> reads back to an equal line.</summary>
    public override string ToString() => Points.IsEmpty ? "LINESTRING EMPTY" : $"LINESTRING {WellKnownText.Of(Points)}";
}
