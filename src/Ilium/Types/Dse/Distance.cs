using System.Diagnostics.CodeAnalysis;

namespace Ilium.Dse;

/// <summary>
/// What lies around a point: a value of predicates of DSE's search, and no type of columns. Its text is what such a predicate takes.
/// </summary>
/// <param name="X">The first coordinate of the middle.</param>
/// <param name="Y">The second coordinate of the middle.</param>
/// <param name="Radius">How far from it, in degrees.</param>
public readonly record struct Distance(double X, double Y, double Radius)
{
    /// <summary>Reads text such as <c>DISTANCE ((1.5 -2) 10)</c>, in any case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is not the text of a distance.</exception>
    public static Distance Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a distance: write it like DISTANCE ((1.5 -2) 10).");
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="value">The distance.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out Distance value)
    {
        var reader = new WellKnownTextReader(text);
        value = default;
        if (!reader.TryTake("DISTANCE") || !reader.TryTake('(') || !reader.TryTake('(') || !reader.TryReadPoint(out var middle) || !reader.TryTake(')')
            || !reader.TryReadNumber(out var radius) || !reader.TryTake(')') || !reader.IsAtEnd)
        {
            return false;
        }

        value = new Distance(middle.X, middle.Y, radius);
        return true;
    }

    /// <summary>Text that <see cref="Parse"/> reads back to an equal distance.</summary>
    public override string ToString() => $"DISTANCE (({WellKnownText.Of(new Point(X, Y))}) {WellKnownText.Of(Radius)})";
}
