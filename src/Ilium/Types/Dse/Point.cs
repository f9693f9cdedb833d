using System.Diagnostics.CodeAnalysis;

namespace Ilium.Dse;

/// <summary>
/// A point in the plane: DSE's <c>'PointType'</c>. Without coordinates (both not a number) it is the empty point.
/// </summary>
/// <param name="X">The first coordinate; the longitude where the plane is the earth.</param>
/// <param name="Y">The second coordinate; the latitude there.</param>
public readonly record struct Point(double X, double Y)
{
    /// <summary>Reads well-known text, such as <c>POINT (1.5 -2)</c>, in any case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is not the text of a point.</exception>
    public static Point Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a point: write it like POINT (1.5 -2).");
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="value">The point.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out Point value)
    {
        var reader = new WellKnownTextReader(text);
        value = new Point(double.NaN, double.NaN);
        return reader.TryTake("POINT")
            && (reader.TryTake("EMPTY") || (reader.TryTake('(') && reader.TryReadPoint(out value) && reader.TryTake(')')))
            && reader.IsAtEnd;
    }

    /// <summary>Well-known text that <see cref="Parse"/> reads back to an equal point.</summary>
    public override string ToString() => double.IsNaN(X) && double.IsNaN(Y) ? "POINT EMPTY" : $"POINT ({WellKnownText.Of(this)})";
}
