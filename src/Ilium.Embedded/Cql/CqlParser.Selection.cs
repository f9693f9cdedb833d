using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>What a SELECT selects.</content>
internal ref partial struct CqlParser
{
    /// <summary>
    /// Whether JSON or DISTINCT here is that word and not a column of that name: it is if a select clause can follow it.
    /// </summary>
    private bool AcceptModifier(TokenKind modifier)
    {
        if (Kind != modifier)
        {
            return false;
        }

        switch (KindAt(1))
        {
            case TokenKind.From or TokenKind.Comma or TokenKind.Period or TokenKind.Plus or TokenKind.Slash or TokenKind.Percent or TokenKind.EndOfText:
                return false;
            case TokenKind.As when IsName(KindAt(2)) && (KindAt(2) != TokenKind.As || !IsName(KindAt(3))):
                return false;
            case TokenKind.LeftBracket when !CanSkipSelector(1):
                return false;
            default:
                _at++;
                return true;
        }
    }

    /// <summary>Whether <c>[…]</c> ahead is a list. Without building it: only a range makes it the slice of a column.</summary>
    private readonly bool CanSkipSelector(int ahead)
    {
        var depth = 0;
        for (; ; ahead++)
        {
            switch (KindAt(ahead))
            {
                case TokenKind.LeftBracket or TokenKind.LeftParenthesis or TokenKind.LeftBrace:
                    depth++;
                    break;
                case TokenKind.RightBracket or TokenKind.RightParenthesis or TokenKind.RightBrace:
                    depth--;
                    break;
                case TokenKind.Range when depth == 1:
                    return false;
                case TokenKind.EndOfText:
                    return true;
                default:
                    break;
            }

            if (depth == 0)
            {
                return true;
            }
        }
    }

    private NodeList<Selector> ParseSelectors()
    {
        if (Accept(TokenKind.Asterisk))
        {
            return default;
        }

        var selectors = default(NodeListBuilder<Selector>);
        do
        {
            var position = Position;
            var selectable = ParseSelectable();
            selectors.Add(new Selector(position, selectable, Accept(TokenKind.As) ? ParseName() : null));
        }
        while (Accept(TokenKind.Comma));
        return selectors.Build();
    }

    /// <summary>The grammar's <c>unaliasedSelector</c>.</summary>
    private Selectable ParseSelectable()
    {
        CheckDepth();
        var position = Position;
        var selectable = ParseSelectableProduct();
        while (Kind is TokenKind.Plus or TokenKind.Minus)
        {
            var kind = Next().Kind;
            selectable = new ArithmeticSelectable(
                position,
                kind == TokenKind.Plus ? ArithmeticOperator.Add : ArithmeticOperator.Subtract,
                selectable,
                ParseSelectableProduct());
        }

        return selectable;
    }

    private Selectable ParseSelectableProduct()
    {
        var position = Position;
        var selectable = ParseSignedSelectable();
        while (Kind is TokenKind.Asterisk or TokenKind.Slash or TokenKind.Percent)
        {
            selectable = new ArithmeticSelectable(position, MultiplicativeOperator(Next().Kind), selectable, ParseSignedSelectable());
        }

        return selectable;
    }

    private Selectable ParseSignedSelectable()
    {
        CheckDepth();
        var position = Position;
        return Accept(TokenKind.Minus)
            ? new NegatedSelectable(position, ParseSignedSelectable())
            : ParseSelectableParts(position, ParseSimpleSelectable());
    }

    /// <summary>Fields, elements and slices of what was read.</summary>
    /// <remarks>When they can't be read, the server backtracks and has its error where they begin.</remarks>
    private Selectable ParseSelectableParts(SourcePosition position, Selectable selectable)
    {
        var start = _at;
        try
        {
            return ParsePartsOf(position, selectable);
        }
        catch (CqlSyntaxException error) when (error.Position is not null && error != _lexerError)
        {
            throw Unexpected("mismatched", start, TokenNames.Of(TokenKind.From));
        }
    }

    private Selectable ParsePartsOf(SourcePosition position, Selectable selectable)
    {
        while (true)
        {
            if (Accept(TokenKind.Period))
            {
                selectable = new FieldSelectable(position, selectable, ParseName());
            }
            else if (Accept(TokenKind.LeftBracket))
            {
                selectable = ParseElementOrSlice(position, selectable);
            }
            else
            {
                return selectable;
            }
        }
    }

    private Selectable ParseElementOrSlice(SourcePosition position, Selectable receiver)
    {
        var from = Kind == TokenKind.Range ? null : ParseTerm();
        if (!Accept(TokenKind.Range))
        {
            ExpectEndOfTerms(TokenKind.RightBracket);
            return new ElementSelectable(position, receiver, from!);
        }

        var to = from is not null && Kind == TokenKind.RightBracket ? null : ParseTerm();
        ExpectEndOfTerms(TokenKind.RightBracket);
        return new SliceSelectable(position, receiver, from, to);
    }

    /// <summary>The grammar's <c>selectionGroupWithoutField</c>.</summary>
    private Selectable ParseSimpleSelectable()
    {
        var position = Position;
        switch (Kind)
        {
            case TokenKind.LeftParenthesis:
                return ParseSelectableTypeHintOrTuple();
            case TokenKind.LeftBracket:
                _at++;
                return new ArraySelectable(position, ParseSelectablesUntil(TokenKind.RightBracket, true));
            case TokenKind.LeftBrace:
                return ParseSelectableBraces();
            case TokenKind.Null:
                _at++;
                return new TermSelectable(position, new NullLiteral(position));
            case TokenKind.QuestionMark or TokenKind.Colon:
                return new TermSelectable(position, ParseMarker());
            case TokenKind.Count when KindAt(1) == TokenKind.LeftParenthesis && KindAt(2) == TokenKind.Asterisk:
                _at += 3;
                Expect(TokenKind.RightParenthesis);
                return new CountRowsSelectable(position);
            case TokenKind.WriteTime or TokenKind.MaxWriteTime or TokenKind.Ttl when KindAt(1) == TokenKind.LeftParenthesis:
                return ParseWriteTimeOrTtl();
            case TokenKind.Cast when KindAt(1) == TokenKind.LeftParenthesis:
                return ParseSelectableCast();
            default:
                return TryParseConstant() is { } constant ? new TermSelectable(position, constant) : ParseColumnOrFunction();
        }
    }

    private Selectable ParseColumnOrFunction()
    {
        var position = Position;
        var isFunction = (IsFunctionName(Kind) && KindAt(1) == TokenKind.LeftParenthesis)
            || Kind == TokenKind.Token
            || (IsName(Kind) && KindAt(1) == TokenKind.Period && IsFunctionName(KindAt(2)) && KindAt(3) == TokenKind.LeftParenthesis)
            || (IsName(Kind) && KindAt(1) == TokenKind.Period && KindAt(2) == TokenKind.Token);
        if (!isFunction)
        {
            var column = ParseName();
            return CanFollowColumn(Kind) ? new ColumnSelectable(position, column) : throw NoViableAlternative();
        }

        var name = ParseFunctionName();
        Expect(TokenKind.LeftParenthesis);
        return new FunctionSelectable(position, name, ParseSelectablesUntil(TokenKind.RightParenthesis, true));
    }

    /// <summary>Whether anything goes on behind a column that is selected or grouped by.</summary>
    private static bool CanFollowColumn(TokenKind kind) => kind
        is TokenKind.From or TokenKind.Comma or TokenKind.As or TokenKind.Period or TokenKind.LeftBracket or TokenKind.RightBracket
        or TokenKind.RightParenthesis or TokenKind.RightBrace or TokenKind.Colon or TokenKind.Range or TokenKind.Plus or TokenKind.Minus
        or TokenKind.Asterisk or TokenKind.Slash or TokenKind.Percent or TokenKind.Order or TokenKind.Per or TokenKind.Limit or TokenKind.Allow
        or TokenKind.Semicolon or TokenKind.EndOfText;

    private NodeList<Selectable> ParseSelectablesUntil(TokenKind end, bool mayBeEmpty)
    {
        if (mayBeEmpty && Accept(end))
        {
            return default;
        }

        var selectables = default(NodeListBuilder<Selectable>);
        do
        {
            selectables.Add(ParseSelectable());
        }
        while (Accept(TokenKind.Comma));
        ExpectEndOfTerms(end);
        return selectables.Build();
    }

    private WriteTimeOrTtlSelectable ParseWriteTimeOrTtl()
    {
        var token = Next();
        var kind = token.Kind switch
        {
            TokenKind.WriteTime => WriteTimeOrTtlKind.WriteTime,
            TokenKind.MaxWriteTime => WriteTimeOrTtlKind.MaxWriteTime,
            _ => WriteTimeOrTtlKind.Ttl,
        };
        Expect(TokenKind.LeftParenthesis);
        var position = Position;
        var column = ParseName();
        var selected = ParseSelectableParts(position, new ColumnSelectable(position, column));
        ExpectEndOfTerms(TokenKind.RightParenthesis);
        return new WriteTimeOrTtlSelectable(token.Position, kind, column, selected);
    }

    private CastSelectable ParseSelectableCast()
    {
        var position = Next().Position;
        Expect(TokenKind.LeftParenthesis);
        var operand = ParseSelectable();
        Expect(TokenKind.As);
        var type = ParseNativeType();
        Expect(TokenKind.RightParenthesis);
        return new CastSelectable(position, operand, type);
    }

    private Selectable ParseSelectableTypeHintOrTuple()
    {
        var position = Next().Position;
        var end = SkipType(0);
        if (end > 0 && KindAt(end) == TokenKind.RightParenthesis && CanTakeTypeHint(end + 1))
        {
            return ParseSelectableTypeHint(position);
        }

        return new TupleSelectable(position, ParseSelectablesUntil(TokenKind.RightParenthesis, false));
    }

    /// <remarks>When the type or what it is of can't be read, the server takes the type for a column in parentheses.</remarks>
    private TypeHintSelectable ParseSelectableTypeHint(SourcePosition position)
    {
        var second = _at + 1;
        try
        {
            var type = ParseType();
            Expect(TokenKind.RightParenthesis);
            second = _at;
            return new TypeHintSelectable(position, type, ParseSimpleSelectable());
        }
        catch (CqlSyntaxException error) when (error.Position is not null && error != _lexerError)
        {
            throw Unexpected("mismatched", second, TokenNames.Of(TokenKind.From));
        }
    }

    /// <summary>Whether what follows <c>(type)</c> is what the type is of; <c>(a) AS b</c> and <c>(a)[1..2]</c> are of a column in parentheses.</summary>
    private readonly bool CanTakeTypeHint(int ahead) => KindAt(ahead) switch
    {
        TokenKind.As => !IsName(KindAt(ahead + 1)),
        TokenKind.LeftBracket => CanSkipSelector(ahead),
        var kind => IsSimpleTermStart(kind),
    };

    private Selectable ParseSelectableBraces()
    {
        var position = Next().Position;
        if (Accept(TokenKind.RightBrace))
        {
            return new SetSelectable(position, default);
        }

        var first = ParseSelectable();
        if (Kind != TokenKind.Colon)
        {
            var elements = default(NodeListBuilder<Selectable>);
            elements.Add(first);
            while (Accept(TokenKind.Comma))
            {
                elements.Add(ParseSelectable());
            }

            ExpectEndOfTerms(TokenKind.RightBrace);
            return new SetSelectable(position, elements.Build());
        }

        var entries = default(NodeListBuilder<SelectableEntry>);
        var key = first;
        while (true)
        {
            Expect(TokenKind.Colon);
            entries.Add(new SelectableEntry(key.Position, key, ParseSelectable()));
            if (!Accept(TokenKind.Comma))
            {
                break;
            }

            key = ParseSelectable();
        }

        ExpectEndOfTerms(TokenKind.RightBrace);
        return new MapOrUserTypeSelectable(position, entries.Build());
    }
}
