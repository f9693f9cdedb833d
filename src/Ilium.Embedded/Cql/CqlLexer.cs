using System.Buffers;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>
/// Splits a text into tokens the way the server does, which for numbers, durations and UUIDs is not always the longest match. A text that is no token
/// ends the stream with an <see cref="TokenKind.Invalid"/> one; the error is thrown only if the parser gets there.
/// </summary>
internal ref struct CqlLexer(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <summary>What is wrong at the <see cref="TokenKind.Invalid"/> token.</summary>
    public CqlSyntaxException? Error { get; private set; }

    private readonly SourcePosition Position => new(_line, _at - _lineStart);

    /// <summary>All tokens with an <see cref="TokenKind.EndOfText"/> behind them, in an array of the pool that the caller gives back.</summary>
    public Token[] Tokenize(out int count)
    {
        var tokens = ArrayPool<Token>.Shared.Rent(Math.Max(16, _text.Length / 4));
        count = 0;
        while (true)
        {
            if (count == tokens.Length)
            {
                var larger = ArrayPool<Token>.Shared.Rent(count * 2);
                tokens.AsSpan(0, count).CopyTo(larger);
                ArrayPool<Token>.Shared.Return(tokens);
                tokens = larger;
            }

            var token = Next();
            tokens[count++] = token;
            if (token.Kind is TokenKind.EndOfText or TokenKind.Invalid)
            {
                return tokens;
            }
        }
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c);

    private static bool IsDigit(char c) => char.IsAsciiDigit(c);

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private readonly char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private Token Next()
    {
        if (!SkipHidden())
        {
            return new Token(TokenKind.Invalid, _at, 0, Position);
        }

        if (_at >= _text.Length)
        {
            return new Token(TokenKind.EndOfText, _text.Length, 0, new SourcePosition(0, -1));
        }

        var c = _text[_at];
        return c switch
        {
            '\'' => QuotedUntil('\'', TokenKind.StringLiteral),
            '"' => Peek(1) == '"' && Peek(2) != '"' ? Take(TokenKind.EmptyQuotedName, 2) : QuotedUntil('"', TokenKind.QuotedName),
            '$' => DollarString(),
            '-' when Peek(1) == '=' => Take(TokenKind.MinusEqual, 2),
            '-' when !IsDigit(Peek(1)) => Minus(),
            '-' => Number(),
            _ when IsDigit(c) => Number(),
            _ when IsLetter(c) => Word(),
            _ => Punctuation(c),
        };
    }

    private Token Punctuation(char c)
    {
        var next = Peek(1);
        return c switch
        {
            '(' => Take(TokenKind.LeftParenthesis),
            ')' => Take(TokenKind.RightParenthesis),
            '[' => Take(TokenKind.LeftBracket),
            ']' => Take(TokenKind.RightBracket),
            '{' => Take(TokenKind.LeftBrace),
            '}' => Take(TokenKind.RightBrace),
            ',' => Take(TokenKind.Comma),
            ';' => Take(TokenKind.Semicolon),
            ':' => Take(TokenKind.Colon),
            '.' => next == '.' ? Take(TokenKind.Range, 2) : Take(TokenKind.Period),
            '?' => Take(TokenKind.QuestionMark),
            '+' => next == '=' ? Take(TokenKind.PlusEqual, 2) : Take(TokenKind.Plus),
            '*' => Take(TokenKind.Asterisk),
            '/' => Take(TokenKind.Slash),
            '%' => Take(TokenKind.Percent),
            '=' => Take(TokenKind.Equal),
            '!' when next == '=' => Take(TokenKind.NotEqual, 2),
            '!' => UnexpectedCharacter(1, "mismatched", "'='"),
            '<' => next == '=' ? Take(TokenKind.LessThanOrEqual, 2) : Take(TokenKind.LessThan),
            '>' => next == '=' ? Take(TokenKind.GreaterThanOrEqual, 2) : Take(TokenKind.GreaterThan),
            _ => UnexpectedCharacter(0, "no viable alternative at", null),
        };
    }

    private Token Take(TokenKind kind, int length = 1)
    {
        var token = new Token(kind, _at, length, Position);
        _at += length;
        return token;
    }

    /// <summary>Skips white space and comments; false when a comment has no end.</summary>
    private bool SkipHidden()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (c == '\n')
            {
                NewLine();
            }
            else if ((c == '-' && Peek(1) == '-') || (c == '/' && Peek(1) == '/'))
            {
                if (!SkipLineComment())
                {
                    return false;
                }
            }
            else if (c == '/' && Peek(1) == '*')
            {
                if (!SkipComment())
                {
                    return false;
                }
            }
            else
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>The end of the line belongs to the comment and has to be there: a comment can't end the text.</summary>
    private bool SkipLineComment()
    {
        while (_at < _text.Length && _text[_at] is not ('\n' or '\r'))
        {
            _at++;
        }

        if (_at == _text.Length)
        {
            UnexpectedCharacter(0, "mismatched", "set null");
            return false;
        }

        return true;
    }

    private bool SkipComment()
    {
        for (_at += 2; _at < _text.Length;)
        {
            if (_text[_at] == '*' && Peek(1) == '/')
            {
                _at += 2;
                return true;
            }

            Advance();
        }

        UnexpectedCharacter(0, "mismatched", "'*'");
        return false;
    }

    private void Advance()
    {
        if (_text[_at] == '\n')
        {
            NewLine();
        }
        else
        {
            _at++;
        }
    }

    private void NewLine()
    {
        _at++;
        _line++;
        _lineStart = _at;
    }

    private Token QuotedUntil(char quote, TokenKind kind)
    {
        var start = _at;
        var position = Position;
        for (_at++; _at < _text.Length; Advance())
        {
            if (_text[_at] != quote)
            {
                continue;
            }

            if (Peek(1) != quote)
            {
                _at++;
                return new Token(kind, start, _at - start, position);
            }

            _at++;
        }

        return UnexpectedCharacter(0, "mismatched", quote == '"' ? "'\"'" : "'''");
    }

    private Token DollarString()
    {
        if (Peek(1) != '$')
        {
            return UnexpectedCharacter(1, "mismatched", "'$'");
        }

        var start = _at;
        var position = Position;
        for (_at += 2; _at < _text.Length; Advance())
        {
            if (_text[_at] == '$' && Peek(1) == '$')
            {
                _at += 2;
                return new Token(TokenKind.StringLiteral, start, _at - start, position);
            }
        }

        return UnexpectedCharacter(_at - start > 2 ? -1 : 0, "mismatched", "'$'");
    }

    private Token Minus()
    {
        var rest = _text[(_at + 1)..];
        if (rest.StartsWith("nan", StringComparison.OrdinalIgnoreCase))
        {
            return Take(TokenKind.NegativeNan, 4);
        }

        if (rest.StartsWith("infinity", StringComparison.OrdinalIgnoreCase))
        {
            return Take(TokenKind.NegativeInfinity, 9);
        }

        var duration = LiteralShapes.IsoDurationLength(rest);
        if (duration > 0)
        {
            return Take(TokenKind.Duration, 1 + duration);
        }

        return Peek(1) switch
        {
            'n' or 'N' => Broken("-nan"),
            'i' or 'I' => Broken("-infinity"),
            _ => Take(TokenKind.Minus),
        };
    }

    /// <summary>The beginning of a word decides that it is that word; the first other character is an error.</summary>
    private Token Broken(string word)
    {
        var length = 0;
        while (char.ToLowerInvariant(Peek(length)) == word[length])
        {
            length++;
        }

        return UnexpectedCharacter(length, "mismatched", "set null");
    }

    private Token Number()
    {
        var rest = _text[_at..];
        if (LiteralShapes.BeginsUuid(rest))
        {
            return Uuid(rest);
        }

        if (rest[0] == '0' && Peek(1) is 'x' or 'X')
        {
            return Take(TokenKind.HexNumber, LiteralShapes.HexLength(rest));
        }

        var duration = LiteralShapes.UnitDurationLength(rest, out var unfinished);
        if (duration > 0)
        {
            if (unfinished > 0)
            {
                return UnexpectedCharacter(unfinished, "no viable alternative at", null);
            }

            return Take(TokenKind.Duration, duration);
        }

        var length = LiteralShapes.NumberLength(rest, out var isFloat);
        var broken = isFloat ? 0 : LiteralShapes.BrokenLength(rest, length);
        if (broken > 0)
        {
            return UnexpectedCharacter(broken, "mismatched", "set null");
        }

        return Take(isFloat ? TokenKind.Float : TokenKind.Integer, length);
    }

    /// <summary>Eight hexadecimal digits and a minus are taken for a UUID, whatever follows.</summary>
    private Token Uuid(ReadOnlySpan<char> rest)
    {
        var length = LiteralShapes.UuidPrefixLength(rest);
        return length == LiteralShapes.UuidLength ? Take(TokenKind.Uuid, length) : UnexpectedCharacter(length, "mismatched", "set null");
    }

    private Token Word()
    {
        var rest = _text[_at..];
        if (LiteralShapes.BeginsUuid(rest))
        {
            return Uuid(rest);
        }

        if (rest[0] == 'P')
        {
            var duration = LiteralShapes.IsoDurationLength(rest);
            if (duration > 0 && !(duration < rest.Length && IsNamePart(rest[duration])))
            {
                return Take(TokenKind.Duration, duration);
            }
        }

        var length = 1;
        while (length < rest.Length && IsNamePart(rest[length]))
        {
            length++;
        }

        var word = rest[..length];
        if (word is "expr" && Peek(length) == '(')
        {
            return Take(TokenKind.ExpressionStart, length + 1);
        }

        if (Keywords.TryFind(word, out var keyword))
        {
            return Take(keyword, length);
        }

        var isBoolean = word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("false", StringComparison.OrdinalIgnoreCase);
        return Take(isBoolean ? TokenKind.Boolean : TokenKind.Identifier, length);
    }

    private Token UnexpectedCharacter(int ahead, string how, string? expected)
    {
        var position = new SourcePosition(_line, _at + ahead - _lineStart);
        var character = _at + ahead < _text.Length ? $"'{_text[_at + ahead]}'" : "'<EOF>'";
        Error = new CqlSyntaxException($"line {position} {how} character {character}{(expected is null ? "" : $" expecting {expected}")}", position);
        return new Token(TokenKind.Invalid, Math.Min(_at + ahead, _text.Length), 0, position);
    }
}
