using System.Buffers;
using System.Runtime.CompilerServices;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>
/// Parses one statement by recursive descent over its tokens, by the grammar of Cassandra 5.0. Errors are at the position where the server has them. Lives for one
/// call, on one thread.
/// </summary>
internal ref partial struct CqlParser
{
    private readonly ReadOnlySpan<char> _text;
    private readonly ReadOnlySpan<Token> _tokens;
    private readonly CqlSyntaxException? _lexerError;
    private NodeListBuilder<BindMarker> _markers;
    private int _at;

    private CqlParser(ReadOnlySpan<char> text, ReadOnlySpan<Token> tokens, CqlSyntaxException? lexerError)
    {
        _text = text;
        _tokens = tokens;
        _lexerError = lexerError;
    }

    private delegate T Rule<out T>(ref CqlParser parser);

    /// <summary>Parses one statement, which semicolons may follow.</summary>
    /// <exception cref="CqlSyntaxException">The text is not a statement.</exception>
    public static CqlStatement ParseStatement(ReadOnlySpan<char> text) => Parse(text, static (ref parser) =>
    {
        var statement = parser.ParseStatement();
        while (parser.Accept(TokenKind.Semicolon))
        {
        }

        return statement with { BindMarkers = parser._markers.Build() };
    });

    /// <summary>Parses a term, like the initial condition of an aggregate.</summary>
    /// <exception cref="CqlSyntaxException">The text is not a term.</exception>
    public static Term ParseTerm(ReadOnlySpan<char> text) => Parse(text, static (ref parser) => parser.ParseTerm());

    /// <summary>Parses the name of a type.</summary>
    /// <exception cref="CqlSyntaxException">The text is not the name of a type.</exception>
    public static TypeName ParseType(ReadOnlySpan<char> text) => Parse(text, static (ref parser) => parser.ParseType());

    private static T Parse<T>(ReadOnlySpan<char> text, Rule<T> rule)
    {
        var lexer = new CqlLexer(text);
        var tokens = lexer.Tokenize(out var count);
        try
        {
            var parser = new CqlParser(text, tokens.AsSpan(0, count), lexer.Error);
            var result = rule(ref parser);
            parser.Expect(TokenKind.EndOfText);
            return result;
        }
        finally
        {
            ArrayPool<Token>.Shared.Return(tokens);
        }
    }

    private readonly Token Current => _tokens[_at];

    private readonly TokenKind Kind => KindAt(0);

    private readonly SourcePosition Position => _tokens[_at].Position;

    /// <summary>The kind of a token ahead. To look at a token that the lexer could not read is an error.</summary>
    private readonly TokenKind KindAt(int ahead)
    {
        var index = Math.Min(_at + ahead, _tokens.Length - 1);
        var kind = _tokens[index].Kind;
        return kind == TokenKind.Invalid ? throw _lexerError! : kind;
    }

    private readonly ReadOnlySpan<char> TextOf(Token token) => _text.Slice(token.Start, token.Length);

    private Token Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.EndOfText)
        {
            _at++;
        }

        return token;
    }

    private bool Accept(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes two tokens or none.</summary>
    private bool Accept(TokenKind first, TokenKind second)
    {
        if (Kind != first || KindAt(1) != second)
        {
            return false;
        }

        _at += 2;
        return true;
    }

    private Token Expect(TokenKind kind)
    {
        if (Kind != kind)
        {
            throw Mismatched(TokenNames.Of(kind));
        }

        return Next();
    }

    /// <summary>IF NOT EXISTS, or nothing.</summary>
    private bool AcceptIfNotExists()
    {
        if (!Accept(TokenKind.If))
        {
            return false;
        }

        Expect(TokenKind.Not);
        Expect(TokenKind.Exists);
        return true;
    }

    /// <summary>IF EXISTS, or nothing.</summary>
    private bool AcceptIfExists()
    {
        if (!Accept(TokenKind.If))
        {
            return false;
        }

        Expect(TokenKind.Exists);
        return true;
    }

    /// <summary>Deeply nested texts are an error, not the end of the process.</summary>
    private readonly void CheckDepth()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Invalid("The statement is nested too deeply");
        }
    }

    private readonly CqlSyntaxException NoViableAlternative(int ahead = 0)
    {
        _ = KindAt(ahead);
        return Unexpected("no viable alternative at", Math.Min(_at + ahead, _tokens.Length - 1), null);
    }

    private readonly CqlSyntaxException Mismatched(string expected) => Unexpected("mismatched", _at, expected);

    private readonly CqlSyntaxException Unexpected(string how, int index, string? expected)
    {
        var token = _tokens[index];
        var text = token.Kind == TokenKind.EndOfText ? "<EOF>" : ErrorText(token);
        var expecting = expected is null ? "" : $" expecting {expected}";
        return new CqlSyntaxException($"line {token.Position} {how} input '{text}'{expecting}{Snippet(index)}", token.Position);
    }

    /// <summary>An error that the server reports without a position.</summary>
    private static CqlSyntaxException Invalid(string message) => new(message, null);

    /// <summary>What the server reports when its parser fails by an exception of Java.</summary>
    private readonly CqlSyntaxException FailedParsing(string reason) => Invalid($"Failed parsing statement: [{_text}] reason: {reason}");

    private readonly string ErrorText(Token token) => token.Kind is TokenKind.StringLiteral or TokenKind.QuotedName
        ? Unquote(token)
        : TextOf(token).ToString();

    /// <summary>The token and up to ten before it, where white space counts as a token.</summary>
    private readonly string Snippet(int index)
    {
        var token = _tokens[index];
        if (token.Kind == TokenKind.EndOfText)
        {
            return "";
        }

        const int longest = 10;
        var start = token.Start;
        var first = index;
        for (var pieces = 0; pieces < longest && start > 0; pieces++)
        {
            if (first > 0 && _tokens[first - 1].End == start)
            {
                start = _tokens[--first].Start;
            }
            else
            {
                start = first == 0 ? 0 : _tokens[first - 1].End;
            }
        }

        var before = _text[start..token.Start];
        var more = _tokens[index + 1].Kind != TokenKind.EndOfText;
        return $" ({(start > 0 ? "..." : "")}{before}[{TextOf(token)}]{(more ? "..." : "")})";
    }
}
