using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Terms.</content>
internal ref partial struct CqlParser
{
    /// <summary>Whether a token can begin a term without an operator: the grammar's <c>simpleTerm</c>.</summary>
    private static bool IsSimpleTermStart(TokenKind kind) => kind
        is TokenKind.StringLiteral or TokenKind.Integer or TokenKind.Float or TokenKind.Boolean or TokenKind.Duration or TokenKind.Uuid
        or TokenKind.HexNumber or TokenKind.NegativeNan or TokenKind.NegativeInfinity or TokenKind.PositiveNan or TokenKind.PositiveInfinity
        or TokenKind.Null or TokenKind.QuestionMark or TokenKind.Colon or TokenKind.LeftBracket or TokenKind.LeftBrace
        or TokenKind.LeftParenthesis or TokenKind.Token || IsName(kind);

    private Term ParseTerm() => ParseAddition(false);

    /// <summary>Sums. In <c>SET l = [1] + l</c> the last plus is not of the term: there a column's name follows it.</summary>
    private Term ParseAddition(bool mayPrepend)
    {
        CheckDepth();
        var position = Position;
        var term = ParseMultiplication();
        while (Kind is TokenKind.Plus or TokenKind.Minus)
        {
            if (mayPrepend && IsPrependTo())
            {
                break;
            }

            var kind = Next().Kind;
            term = new ArithmeticTerm(
                position,
                kind == TokenKind.Plus ? ArithmeticOperator.Add : ArithmeticOperator.Subtract,
                term,
                ParseMultiplication());
        }

        return term;
    }

    private readonly bool IsPrependTo() =>
        Kind == TokenKind.Plus && IsColumn(KindAt(1)) && KindAt(2) is TokenKind.Comma or TokenKind.Where;

    private Term ParseMultiplication()
    {
        var position = Position;
        var term = ParseSignedTerm();
        while (Kind is TokenKind.Asterisk or TokenKind.Slash or TokenKind.Percent)
        {
            term = new ArithmeticTerm(position, MultiplicativeOperator(Next().Kind), term, ParseSignedTerm());
        }

        return term;
    }

    private static ArithmeticOperator MultiplicativeOperator(TokenKind kind) => kind switch
    {
        TokenKind.Asterisk => ArithmeticOperator.Multiply,
        TokenKind.Slash => ArithmeticOperator.Divide,
        _ => ArithmeticOperator.Modulo,
    };

    private Term ParseSignedTerm()
    {
        var position = Position;
        return Accept(TokenKind.Minus) ? new NegatedTerm(position, ParseSimpleTerm()) : ParseSimpleTerm();
    }

    private Term ParseSimpleTerm()
    {
        CheckDepth();
        var position = Position;
        switch (Kind)
        {
            case TokenKind.Null:
                _at++;
                return new NullLiteral(position);
            case TokenKind.QuestionMark or TokenKind.Colon:
                return ParseMarker();
            case TokenKind.LeftBracket:
                return ParseArrayLiteral();
            case TokenKind.LeftBrace:
                return ParseBraces();
            case TokenKind.LeftParenthesis:
                return ParseTypeHintOrTuple();
            case TokenKind.Cast when KindAt(1) == TokenKind.LeftParenthesis:
                return ParseCast();
            default:
                return (Term?)TryParseConstant() ?? ParseFunctionCall();
        }
    }

    /// <summary>The grammar's <c>constant</c>, or null.</summary>
    private Literal? TryParseConstant()
    {
        LiteralKind? kind = Kind switch
        {
            TokenKind.StringLiteral => LiteralKind.String,
            TokenKind.Integer => LiteralKind.Integer,
            TokenKind.Float => LiteralKind.Float,
            TokenKind.Boolean => LiteralKind.Boolean,
            TokenKind.Duration => LiteralKind.Duration,
            TokenKind.Uuid => LiteralKind.Uuid,
            TokenKind.HexNumber => LiteralKind.Hex,
            TokenKind.PositiveNan or TokenKind.NegativeNan or TokenKind.PositiveInfinity or TokenKind.NegativeInfinity => LiteralKind.Float,
            _ => null,
        };
        if (kind is null)
        {
            return null;
        }

        var token = Next();
        var text = token.Kind switch
        {
            TokenKind.StringLiteral => Unquote(token),
            TokenKind.PositiveNan or TokenKind.NegativeNan => "NaN",
            TokenKind.PositiveInfinity => "Infinity",
            TokenKind.NegativeInfinity => "-Infinity",
            _ => TextOf(token).ToString(),
        };
        if (token.Kind == TokenKind.Float && double.IsInfinity(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)))
        {
            throw FailedParsing("NumberFormatException Character I is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.");
        }

        return new Literal(token.Position, kind.Value, text);
    }

    private BindMarker ParseMarker()
    {
        var position = Position;
        var name = Next().Kind == TokenKind.Colon ? ParseName() : null;
        var marker = new BindMarker(position, _markers.Count, name);
        _markers.Add(marker);
        return marker;
    }

    /// <summary>An integer or a marker: the grammar's <c>intValue</c>.</summary>
    private Term ParseIntValue() => Kind switch
    {
        TokenKind.Integer => TryParseConstant()!,
        TokenKind.QuestionMark or TokenKind.Colon => ParseMarker(),
        _ => throw NoViableAlternative(),
    };

    private NodeList<Term> ParseTermsUntil(TokenKind end, bool mayBeEmpty)
    {
        if (mayBeEmpty && Accept(end))
        {
            return default;
        }

        var terms = default(NodeListBuilder<Term>);
        do
        {
            terms.Add(ParseTerm());
        }
        while (Accept(TokenKind.Comma));
        ExpectEndOfTerms(end);
        return terms.Build();
    }

    /// <summary>After a term, what is neither an operator nor the end is no viable alternative.</summary>
    private void ExpectEndOfTerms(TokenKind end)
    {
        if (Kind != end)
        {
            throw Mismatched(TokenNames.Of(end));
        }

        _at++;
    }

    private ArrayLiteral ParseArrayLiteral()
    {
        var position = Next().Position;
        return new ArrayLiteral(position, ParseTermsUntil(TokenKind.RightBracket, true));
    }

    private Term ParseBraces()
    {
        var position = Next().Position;
        if (Accept(TokenKind.RightBrace))
        {
            return new SetLiteral(position, default);
        }

        if (IsName(Kind) && KindAt(1) == TokenKind.Colon)
        {
            return ParseUserTypeLiteral(position);
        }

        var first = ParseTerm();
        if (Kind == TokenKind.Colon)
        {
            return ParseMapLiteral(position, first);
        }

        var elements = default(NodeListBuilder<Term>);
        elements.Add(first);
        while (Accept(TokenKind.Comma))
        {
            elements.Add(ParseTerm());
        }

        ExpectEndOfTerms(TokenKind.RightBrace);
        return new SetLiteral(position, elements.Build());
    }

    private MapLiteral ParseMapLiteral(SourcePosition position, Term firstKey)
    {
        var entries = default(NodeListBuilder<MapEntry>);
        var key = firstKey;
        while (true)
        {
            Expect(TokenKind.Colon);
            entries.Add(new MapEntry(key.Position, key, ParseTerm()));
            if (!Accept(TokenKind.Comma))
            {
                break;
            }

            key = ParseTerm();
        }

        ExpectEndOfTerms(TokenKind.RightBrace);
        return new MapLiteral(position, entries.Build());
    }

    private UserTypeLiteral ParseUserTypeLiteral(SourcePosition position)
    {
        var fields = default(NodeListBuilder<FieldValue>);
        do
        {
            var fieldPosition = Position;
            var field = ParseName();
            Expect(TokenKind.Colon);
            fields.Add(new FieldValue(fieldPosition, field, ParseTerm()));
        }
        while (Accept(TokenKind.Comma));
        ExpectEndOfTerms(TokenKind.RightBrace);
        return new UserTypeLiteral(position, fields.Build());
    }

    private Term ParseTypeHintOrTuple()
    {
        var position = Position;
        var end = SkipType(1);
        if (end > 0 && KindAt(end) == TokenKind.RightParenthesis && (KindAt(1) != TokenKind.StringLiteral || IsTermAt(end + 1)))
        {
            _at++;
            var type = ParseType();
            Expect(TokenKind.RightParenthesis);
            return new TypeHintTerm(position, type, ParseSimpleTerm());
        }

        return ParseTupleLiteral();
    }

    /// <summary>Whether a simple term begins there: a name does so only as that of a function, and may be the next clause otherwise.</summary>
    private readonly bool IsTermAt(int ahead) =>
        IsSimpleTermStart(KindAt(ahead)) && (!IsName(KindAt(ahead)) || KindAt(ahead + 1) is TokenKind.LeftParenthesis or TokenKind.Period);

    private TupleLiteral ParseTupleLiteral()
    {
        var position = Expect(TokenKind.LeftParenthesis).Position;
        return new TupleLiteral(position, ParseTermsUntil(TokenKind.RightParenthesis, false));
    }

    private CastTerm ParseCast()
    {
        var position = Next().Position;
        Expect(TokenKind.LeftParenthesis);
        var value = ParseSimpleTerm();
        Expect(TokenKind.As);
        var type = ParseNativeType();
        Expect(TokenKind.RightParenthesis);
        return new CastTerm(position, value, type);
    }

    private FunctionCall ParseFunctionCall()
    {
        var position = Position;
        if (!IsName(Kind) && Kind != TokenKind.Token)
        {
            throw NoViableAlternative();
        }

        if (KindAt(1) is not (TokenKind.LeftParenthesis or TokenKind.Period))
        {
            throw NoViableAlternative(1);
        }

        var name = ParseFunctionName();
        Expect(TokenKind.LeftParenthesis);
        return new FunctionCall(position, name, ParseTermsUntil(TokenKind.RightParenthesis, true));
    }
}
