using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Ilium.Dse;

/// <summary>A cursor over the text of a geometry; every member gives false when the text is not what it reads.</summary>
internal ref struct WellKnownTextReader(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n(),");

    private ReadOnlySpan<char> _rest = text;

    internal bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return _rest.IsEmpty;
        }
    }

    /// <summary>A word, in any case, and no part of a longer one.</summary>
    internal bool TryTake(string word)
    {
        SkipSpace();
        if (!_rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) || (_rest.Length > word.Length && char.IsAsciiLetterOrDigit(_rest[word.Length])))
        {
            return false;
        }

        _rest = _rest[word.Length..];
        return true;
    }

    internal bool TryTake(char sign)
    {
        SkipSpace();
        if (_rest.IsEmpty || _rest[0] != sign)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    internal bool TryReadNumber(out double number)
    {
        SkipSpace();
        var end = _rest.IndexOfAny(Ends);
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..];
        return double.TryParse(word, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out number);
    }

    internal bool TryReadPoint(out Point point)
    {
        point = default;
        if (!TryReadNumber(out var x) || !TryReadNumber(out var y))
        {
            return false;
        }

        point = new Point(x, y);
        return true;
    }

    /// <summary>Points in parentheses, with commas between them.</summary>
    internal bool TryReadPoints(out ImmutableArray<Point> points)
    {
        points = [];
        if (!TryTake('('))
        {
            return false;
        }

        var builder = ImmutableArray.CreateBuilder<Point>();
        do
        {
            if (!TryReadPoint(out var point))
            {
                return false;
            }

            builder.Add(point);
        }
        while (TryTake(','));

        points = builder.ToImmutable();
        return TryTake(')');
    }

    private void SkipSpace() => _rest = _rest.TrimStart();
}
