using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>SELECT, and relations.</content>
internal ref partial struct CqlParser
{
    private SelectStatement ParseSelect()
    {
        var position = Next().Position;
        var start = _at;
        var isJson = AcceptModifier(TokenKind.Json);
        var isDistinct = AcceptModifier(TokenKind.Distinct);
        var selectors = ParseSelectClause(start);
        Expect(TokenKind.From);
        var table = ParseTableName();
        var where = Accept(TokenKind.Where) ? ParseWhere() : default;
        var groupBy = ParseGroupBy();
        var orderBy = ParseOrderBy();
        Term? perPartitionLimit = null;
        if (Accept(TokenKind.Per))
        {
            Expect(TokenKind.Partition);
            Expect(TokenKind.Limit);
            perPartitionLimit = ParseIntValue();
        }

        var limit = Accept(TokenKind.Limit) ? ParseIntValue() : null;
        var allowFiltering = Accept(TokenKind.Allow);
        if (allowFiltering)
        {
            Expect(TokenKind.Filtering);
        }

        return new SelectStatement(
            position, isJson, isDistinct, selectors, table, where, groupBy, orderBy, perPartitionLimit, limit, allowFiltering);
    }

    /// <remarks>When no select clause can follow JSON or DISTINCT, the server takes that word for a column.</remarks>
    private NodeList<Selector> ParseSelectClause(int start)
    {
        if (_at == start)
        {
            return ParseSelectors();
        }

        try
        {
            return ParseSelectors();
        }
        catch (CqlSyntaxException error) when (error.Position is not null && error != _lexerError)
        {
            throw Unexpected("no viable alternative at", start + 1, null);
        }
    }

    private NodeList<Selectable> ParseGroupBy()
    {
        if (!Accept(TokenKind.Group))
        {
            return default;
        }

        Expect(TokenKind.By);
        var groups = default(NodeListBuilder<Selectable>);
        do
        {
            groups.Add(ParseSelectable());
        }
        while (Accept(TokenKind.Comma));
        return groups.Build();
    }

    private NodeList<Ordering> ParseOrderBy()
    {
        if (!Accept(TokenKind.Order))
        {
            return default;
        }

        Expect(TokenKind.By);
        var orderings = default(NodeListBuilder<Ordering>);
        do
        {
            var position = Position;
            var column = ParseColumn();
            Term? annOf = null;
            if (Accept(TokenKind.Ann))
            {
                Expect(TokenKind.Of);
                annOf = ParseTerm();
            }

            orderings.Add(new Ordering(position, column, annOf, AcceptDirection()));
        }
        while (Accept(TokenKind.Comma));
        return orderings.Build();
    }

    /// <summary>ASC, DESC or nothing; true for DESC.</summary>
    private bool AcceptDirection() => !Accept(TokenKind.Asc) && Accept(TokenKind.Desc);

    private NodeList<Relation> ParseWhere()
    {
        var relations = default(NodeListBuilder<Relation>);
        do
        {
            relations.Add(Kind == TokenKind.ExpressionStart ? ParseCustomIndexExpression() : ParseRelation());
        }
        while (Accept(TokenKind.And));
        return relations.Build();
    }

    private CustomIndexExpression ParseCustomIndexExpression()
    {
        var start = Next().Position;
        var index = new QualifiedName(Position, null, ParsePartOfName("index"));
        Expect(TokenKind.Comma);
        var value = ParseTerm();
        ExpectEndOfTerms(TokenKind.RightParenthesis);
        return new CustomIndexExpression(start, index, value);
    }

    private Relation ParseRelation()
    {
        CheckDepth();
        var position = Position;
        if (Accept(TokenKind.Token))
        {
            var columns = ParseColumnTuple();
            return new TokenRelation(position, columns, ParseRelationOperator(), ParseTerm());
        }

        if (Kind == TokenKind.LeftParenthesis)
        {
            return ParseRelationInParentheses();
        }

        if (!IsColumn(Kind))
        {
            throw NoViableAlternative();
        }

        var column = ParseColumn();
        switch (Kind)
        {
            case TokenKind.Like:
                _at++;
                return new SingleColumnRelation(position, column, RelationOperator.Like, ParseTerm());
            case TokenKind.Is:
                _at++;
                Expect(TokenKind.Not);
                Expect(TokenKind.Null);
                return new IsNotNullRelation(position, column);
            case TokenKind.In:
                _at++;
                return new SingleColumnInRelation(position, column, ParseInValues());
            case TokenKind.Contains:
                return new SingleColumnRelation(position, column, ParseContainsOperator(), ParseTerm());
            case TokenKind.LeftBracket:
                _at++;
                var key = ParseTerm();
                ExpectEndOfTerms(TokenKind.RightBracket);
                return new MapElementRelation(position, column, key, ParseRelationOperator(), ParseTerm());
            default:
                return new SingleColumnRelation(position, column, ParseRelationOperator(), ParseTerm());
        }
    }

    /// <summary>CONTAINS, or CONTAINS KEY; <c>CONTAINS key(…)</c> is the call of a function that can't be called so.</summary>
    private RelationOperator ParseContainsOperator()
    {
        _at++;
        return Accept(TokenKind.Key) ? RelationOperator.ContainsKey : RelationOperator.Contains;
    }

    private RelationOperator ParseRelationOperator()
    {
        RelationOperator? result = Kind switch
        {
            TokenKind.Equal => RelationOperator.Equal,
            TokenKind.NotEqual => RelationOperator.NotEqual,
            TokenKind.LessThan => RelationOperator.LessThan,
            TokenKind.LessThanOrEqual => RelationOperator.LessThanOrEqual,
            TokenKind.GreaterThan => RelationOperator.GreaterThan,
            TokenKind.GreaterThanOrEqual => RelationOperator.GreaterThanOrEqual,
            _ => null,
        };
        if (result is null)
        {
            throw NoViableAlternative();
        }

        _at++;
        return result.Value;
    }

    private NodeList<string> ParseColumnTuple()
    {
        Expect(TokenKind.LeftParenthesis);
        var columns = default(NodeListBuilder<string>);
        do
        {
            columns.Add(ParseColumn());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
        return columns.Build();
    }

    private Relation ParseRelationInParentheses()
    {
        var position = Position;
        if (!IsColumn(KindAt(1)) || KindAt(2) is not (TokenKind.Comma or TokenKind.RightParenthesis))
        {
            _at++;
            var inner = ParseRelation();
            ExpectEndOfTerms(TokenKind.RightParenthesis);
            return inner;
        }

        var columns = ParseColumnTuple();
        if (Accept(TokenKind.In))
        {
            return new MultiColumnInRelation(position, columns, ParseMultiColumnInValues());
        }

        var relationOperator = ParseRelationOperator();
        var value = Kind switch
        {
            TokenKind.LeftParenthesis => ParseTupleLiteral(),
            TokenKind.QuestionMark or TokenKind.Colon => (Term)ParseMarker(),
            _ => throw NoViableAlternative(),
        };
        return new MultiColumnRelation(position, columns, relationOperator, value);
    }

    private InValues ParseInValues()
    {
        var position = Position;
        switch (Kind)
        {
            case TokenKind.LeftParenthesis:
                _at++;
                return new InValues(position, null, ParseTermsUntil(TokenKind.RightParenthesis, true));
            case TokenKind.QuestionMark or TokenKind.Colon:
                return new InValues(position, ParseMarker(), default);
            default:
                throw NoViableAlternative();
        }
    }

    private InValues ParseMultiColumnInValues()
    {
        var position = Position;
        if (Kind is TokenKind.QuestionMark or TokenKind.Colon)
        {
            return new InValues(position, ParseMarker(), default);
        }

        if (Kind != TokenKind.LeftParenthesis)
        {
            throw NoViableAlternative();
        }

        _at++;
        if (Accept(TokenKind.RightParenthesis))
        {
            return new InValues(position, null, default);
        }

        var terms = default(NodeListBuilder<Term>);
        if (Kind == TokenKind.LeftParenthesis)
        {
            do
            {
                terms.Add(ParseTupleLiteral());
            }
            while (Accept(TokenKind.Comma));
        }
        else
        {
            do
            {
                terms.Add(Kind is TokenKind.QuestionMark or TokenKind.Colon ? ParseMarker() : throw NoViableAlternative());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParenthesis);
        return new InValues(position, null, terms.Build());
    }
}
