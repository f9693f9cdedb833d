using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium;

/// <summary>
/// The version of a server, as it can be compared: <c>4.1.3</c> comes before <c>4.1.10</c>, <c>5.0-rc1</c> before <c>5.0</c>. Numbers that are left out are 0.
/// </summary>
/// <remarks>
/// Labels before a release follow each other by name, then by number: <c>alpha1</c>, <c>beta1</c>, <c>beta2</c>, <c>rc1</c>; a <c>SNAPSHOT</c> comes before what it
/// becomes. What follows a <c>+</c> is not looked at.
/// </remarks>
public readonly struct CassandraVersion : IComparable<CassandraVersion>, IEquatable<CassandraVersion>, IParsable<CassandraVersion>
{
    private const int Parts = 4;
    private const string Snapshot = "SNAPSHOT";

    private readonly string? _label;

    /// <summary>A version that was released.</summary>
    /// <param name="major">The first number.</param>
    /// <param name="minor">The second.</param>
    /// <param name="patch">The third.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public CassandraVersion(int major, int minor = 0, int patch = 0)
        : this(major, minor, patch, 0, null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(major);
        ArgumentOutOfRangeException.ThrowIfNegative(minor);
        ArgumentOutOfRangeException.ThrowIfNegative(patch);
    }

    private CassandraVersion(int major, int minor, int patch, int revision, string? label)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        Revision = revision;
        _label = label;
    }

    /// <summary>The first number: 5 of <c>5.0.9</c>.</summary>
    public int Major { get; }

    /// <summary>The second number.</summary>
    public int Minor { get; }

    /// <summary>The third number.</summary>
    public int Patch { get; }

    /// <summary>The fourth number, which servers built by vendors have: 6816 of <c>4.0.0.6816</c>. 0 for others.</summary>
    public int Revision { get; }

    /// <summary>What comes before a release, such as <c>rc1</c> or <c>beta2-SNAPSHOT</c>; empty for a release.</summary>
    public string Label => _label ?? "";

    /// <summary>Reads a version such as <c>5.0.9</c>, <c>4.0-rc1</c> or <c>4.0.0.6816</c>.</summary>
    /// <param name="s">One to four numbers with dots, a label after <c>-</c> or <c>~</c>, anything after <c>+</c>.</param>
    /// <param name="provider">Not used.</param>
    /// <exception cref="FormatException">It is no version.</exception>
    public static CassandraVersion Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out var version) ? version : throw new FormatException($"'{s}' is not a version such as 5.0.9 or 4.0-rc1.");
    }

    /// <summary>Reads a version; false for what is none.</summary>
    /// <param name="s">As in <see cref="Parse"/>.</param>
    /// <param name="result">The version.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, out CassandraVersion result)
    {
        result = default;
        var rest = s.AsSpan().Trim();
        if (rest.IndexOf('+') is >= 0 and var build)
        {
            rest = rest[..build];
        }

        string? label = null;
        if (rest.IndexOfAny('-', '~') is >= 0 and var dash)
        {
            label = rest[(dash + 1)..].ToString();
            rest = rest[..dash];
            if (label.Length == 0)
            {
                return false;
            }
        }

        Span<int> numbers = [0, 0, 0, 0];
        var count = 0;
        foreach (var part in rest.Split('.'))
        {
            if (count == Parts || !int.TryParse(rest[part], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[count]))
            {
                return false;
            }

            count++;
        }

        result = new CassandraVersion(numbers[0], numbers[1], numbers[2], numbers[3], label);
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, out CassandraVersion)"/>
    /// <param name="s">As in <see cref="Parse"/>.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The version.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CassandraVersion result) => TryParse(s, out result);

    /// <summary>Less than 0 when this is the older one, 0 when both are the same, more than 0 when it is the newer one.</summary>
    /// <param name="other">The other.</param>
    public int CompareTo(CassandraVersion other)
    {
        var order = (Major, Minor, Patch, Revision).CompareTo((other.Major, other.Minor, other.Patch, other.Revision));
        return order != 0 ? order : CompareLabels(Label, other.Label);
    }

    /// <summary>True when neither is older.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(CassandraVersion other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CassandraVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch, Revision, _label is null);

    /// <summary>As in <see cref="Parse"/>: at least two numbers.</summary>
    public override string ToString()
    {
        var numbers = Revision != 0 ? $"{Major}.{Minor}.{Patch}.{Revision}" : Patch != 0 ? $"{Major}.{Minor}.{Patch}" : $"{Major}.{Minor}";
        return _label is null ? numbers : $"{numbers}-{_label}";
    }

    /// <summary>True when both are the same version.</summary>
    public static bool operator ==(CassandraVersion left, CassandraVersion right) => left.Equals(right);

    /// <summary>True when they differ.</summary>
    public static bool operator !=(CassandraVersion left, CassandraVersion right) => !left.Equals(right);

    /// <summary>True when the left one is older.</summary>
    public static bool operator <(CassandraVersion left, CassandraVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when the left one is newer.</summary>
    public static bool operator >(CassandraVersion left, CassandraVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when the left one is not newer.</summary>
    public static bool operator <=(CassandraVersion left, CassandraVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left one is not older.</summary>
    public static bool operator >=(CassandraVersion left, CassandraVersion right) => left.CompareTo(right) >= 0;

    private static int CompareLabels(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        // A release comes after everything that led to it.
        if (left.IsEmpty || right.IsEmpty)
        {
            return right.Length.CompareTo(left.Length);
        }

        for (var first = true; ; first = false)
        {
            var one = Next(ref left);
            var other = Next(ref right);
            if (one.IsEmpty && other.IsEmpty)
            {
                return 0;
            }

            // A snapshot of beta1 is before beta1 and all that goes on from it; one of the release itself is the last before that, as its name has it.
            if (!first && IsSnapshot(one) != IsSnapshot(other))
            {
                return IsSnapshot(one) ? -1 : 1;
            }

            if (one.IsEmpty || other.IsEmpty)
            {
                return one.IsEmpty ? -1 : 1;
            }

            var order = int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var number) &&
                int.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out var otherNumber)
                ? number.CompareTo(otherNumber)
                : one.CompareTo(other, StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }
    }

    private static bool IsSnapshot(ReadOnlySpan<char> word) => word.Equals(Snapshot, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the next word or number off a label; empty at its end.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> label)
    {
        label = label.TrimStart(".-~");
        var length = 0;
        while (length < label.Length && label[length] is not ('.' or '-' or '~') && char.IsAsciiDigit(label[length]) == char.IsAsciiDigit(label[0]))
        {
            length++;
        }

        var word = label[..length];
        label = label[length..];
        return word;
    }
}
