using System.Collections.Frozen;

namespace Ilium.Rows;

/// <summary>What the bind markers of a statement's text tell that its preparation does not: their own names, and whether what is bound is turned into something else by the server.</summary>
/// <remarks>Reads words, strings, comments and signs; what they mean together, but for these markers, is the server's to say. Not thread-safe.</remarks>
internal sealed class CqlMarkers
{
    /// <summary>Functions that make a blob, or any value, out of something else.</summary>
    private static readonly FrozenSet<string> FromJson = new[] { "fromjson", "from_json" }.ToFrozenSet();

    private readonly string _cql;
    private readonly HashSet<string> _names = [];
    private readonly Stack<(char Bracket, string? Function)> _open = [];
    private int _position;
    private string? _word;
    private bool _valueBefore;

    private CqlMarkers(string cql) => _cql = cql;

    /// <summary>The names of those that have one, as the server says them.</summary>
    internal IReadOnlySet<string> Names => _names;

    /// <summary>What turns a bound value into others, such as <c>INSERT JSON</c> or <c>textasblob</c>; null where nothing does.</summary>
    internal string? Conversion { get; private set; }

    internal static CqlMarkers In(string cql)
    {
        var markers = new CqlMarkers(cql);
        while (markers.SkipBlank())
        {
            markers.ReadOne();
        }

        return markers;
    }

    private void ReadOne()
    {
        var c = _cql[_position];
        if (c is '"' || char.IsLetter(c))
        {
            Follow(ReadName(), isValue: true);
        }
        else if (char.IsAsciiDigit(c))
        {
            while (_position < _cql.Length && (char.IsLetterOrDigit(_cql[_position]) || _cql[_position] is '.'))
            {
                _position++;
            }

            Follow(null, isValue: true);
        }
        else if (c is '\'' || At("$$"))
        {
            SkipPast(c is '\'' ? "'" : "$$", c is '\'' ? 1 : 2);
            Follow(null, isValue: true);
        }
        else
        {
            _position++;
            ReadSign(c);
        }
    }

    private void ReadSign(char c)
    {
        switch (c)
        {
            case '(' or '{' or '[':
                _open.Push((c, c == '(' ? _word : null));
                Follow(null, isValue: false);
                break;
            case ')' or '}' or ']':
                _open.TryPop(out _);
                Follow(null, isValue: true);
                break;
            case '?':
                Note();
                Follow(null, isValue: true);
                break;
            // Within braces it may also stand between a key and its value.
            case ':' when !(_valueBefore && _open.TryPeek(out var inner) && inner.Bracket == '{'):
                Note();
                if (SkipBlank() && (_cql[_position] is '"' || char.IsLetter(_cql[_position])))
                {
                    _names.Add(ReadName());
                }

                Follow(null, isValue: true);
                break;
            default:
                // In ks.function the name counts that is next to the bracket.
                Follow(null, isValue: false);
                break;
        }
    }

    private void Note()
    {
        if (_word is "json")
        {
            Conversion = "INSERT JSON";
        }

        foreach (var (_, function) in _open)
        {
            if (function is not null && (FromJson.Contains(function) || function.EndsWith("asblob", StringComparison.Ordinal) || function.EndsWith("as_blob", StringComparison.Ordinal)))
            {
                Conversion = function;
            }
        }
    }

    private void Follow(string? word, bool isValue) => (_word, _valueBefore) = (word, isValue);

    private string ReadName()
    {
        var start = _position;
        if (_cql[_position] is '"')
        {
            SkipPast("\"", 1);
        }
        else
        {
            while (_position < _cql.Length && (char.IsLetterOrDigit(_cql[_position]) || _cql[_position] is '_'))
            {
                _position++;
            }
        }

        return CqlIdentifier.FromCql(_cql[start.._position]);
    }

    /// <summary>Goes past the next end of a quotation; one that is doubled is a part of it.</summary>
    private void SkipPast(string end, int opening)
    {
        _position += opening;
        while (_position < _cql.Length)
        {
            var next = _cql.IndexOf(end, _position, StringComparison.Ordinal);
            _position = next < 0 ? _cql.Length : next + end.Length;
            if (end.Length > 1 || !At(end))
            {
                return;
            }

            _position += end.Length;
        }
    }

    /// <summary>False at the end of the text.</summary>
    private bool SkipBlank()
    {
        while (_position < _cql.Length)
        {
            if (char.IsWhiteSpace(_cql[_position]))
            {
                _position++;
            }
            else if (At("--") || At("//"))
            {
                var line = _cql.AsSpan(_position).IndexOfAny('\n', '\r');
                _position = line < 0 ? _cql.Length : _position + line;
            }
            else if (At("/*"))
            {
                var end = _cql.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                _position = end < 0 ? _cql.Length : end + 2;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private bool At(string text) => string.CompareOrdinal(_cql, _position, text, 0, text.Length) == 0;
}
