using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Ilium.Dse;

/// <summary>
/// A polygon, which may have holes: DSE's <c>'PolygonType'</c>. Immutable; equal when the rings are, point by point. Rings are taken as they are: the server wants each to
/// end where it begins, and not to cross itself.
/// </summary>
public sealed class Polygon : IEquatable<Polygon>
{
    /// <summary>A polygon.</summary>
    /// <param name="exterior">The ring around it; no point for the empty polygon.</param>
    /// <param name="interiors">The rings around its holes; null for none.</param>
    /// <exception cref="ArgumentException">There are holes, and nothing around them.</exception>
    public Polygon(IEnumerable<Point> exterior, IEnumerable<IEnumerable<Point>>? interiors = null)
    {
        AllRings = Rings(exterior, interiors ?? []);
    }

    private Polygon(ImmutableArray<ImmutableArray<Point>> rings)
    {
        AllRings = rings;
    }

    /// <summary>The ring around it; empty for the empty polygon.</summary>
    public ImmutableArray<Point> Exterior => AllRings.IsEmpty ? [] : AllRings[0];

    /// <summary>The rings around its holes.</summary>
    public ImmutableArray<ImmutableArray<Point>> Interiors => AllRings.IsEmpty ? [] : AllRings[1..];

    /// <summary>As it is on the wire: first the ring around it, then those around its holes.</summary>
    internal ImmutableArray<ImmutableArray<Point>> AllRings { get; }

    /// <summary>Reads well-known text, such as <c>POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))</c>, in any case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is not the text of a polygon.</exception>
    public static Polygon Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a polygon: write it like POLYGON ((0 0, 4 0, 4 4, 0 0)).");
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="value">The polygon, or null when false is returned.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Polygon? value)
    {
        var reader = new WellKnownTextReader(text);
        value = null;
        if (!reader.TryTake("POLYGON"))
        {
            return false;
        }

        var rings = ImmutableArray.CreateBuilder<ImmutableArray<Point>>();
        if (!reader.TryTake("EMPTY"))
        {
            if (!reader.TryTake('('))
            {
                return false;
            }

            do
            {
                if (!reader.TryReadPoints(out var ring))
                {
                    return false;
                }

                rings.Add(ring);
            }
            while (reader.TryTake(','));

            if (!reader.TryTake(')'))
            {
                return false;
            }
        }

        value = reader.IsAtEnd ? Of(rings.ToImmutable()) : null;
        return value is not null;
    }

    /// <summary>True for a polygon with equal rings.</summary>
    /// <param name="other">Another polygon.</param>
    public bool Equals(Polygon? other) =>
        other is not null && AllRings.Length == other.AllRings.Length
        && AllRings.Zip(other.AllRings).All(static rings => rings.First.AsSpan().SequenceEqual(rings.Second.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Polygon);

    /// <inheritdoc/>
    public override int GetHashCode() => AllRings.Aggregate(17, static (hash, ring) => HashCode.Combine(hash, WellKnownText.Hash(ring)));

    /// <summary>Well-known text that <see cref="Parse"/> reads back to an equal polygon.</summary>
    public override string ToString() => AllRings.IsEmpty ? "POLYGON EMPTY" : $"POLYGON ({string.Join(", ", AllRings.Select(static ring => WellKnownText.Of(ring)))})";

    internal static Polygon Of(ImmutableArray<ImmutableArray<Point>> rings) => new(rings);

    private static ImmutableArray<ImmutableArray<Point>> Rings(IEnumerable<Point> exterior, IEnumerable<IEnumerable<Point>> interiors)
    {
        ArgumentNullException.ThrowIfNull(exterior);
        ImmutableArray<ImmutableArray<Point>> rings = [[.. exterior], .. interiors.Select(static ring => ring.ToImmutableArray())];
        if (!rings[0].IsEmpty)
        {
            return rings;
        }

        return rings.Length == 1 ? [] : throw new ArgumentException("A polygon that has holes has a ring around it.", nameof(exterior));
    }
}
