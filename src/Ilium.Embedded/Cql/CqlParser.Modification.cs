using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>INSERT, UPDATE, DELETE and BATCH.</content>
internal ref partial struct CqlParser
{
    private ModificationStatement ParseModification() => Kind switch
    {
        TokenKind.Insert => ParseInsert(),
        TokenKind.Update => ParseUpdate(),
        _ => ParseDelete(),
    };

    private CqlBatchStatement ParseBatch()
    {
        var position = Next().Position;
        var kind = Accept(TokenKind.Unlogged) ? BatchKind.Unlogged : Accept(TokenKind.Counter) ? BatchKind.Counter : BatchKind.Logged;
        Expect(TokenKind.Batch);
        var attributes = ParseUsing();
        var statements = default(NodeListBuilder<ModificationStatement>);
        while (Kind is TokenKind.Insert or TokenKind.Update or TokenKind.Delete)
        {
            statements.Add(ParseModification());
            Accept(TokenKind.Semicolon);
        }

        Expect(TokenKind.Apply);
        Expect(TokenKind.Batch);
        return new CqlBatchStatement(position, kind, attributes, statements.Build());
    }

    private ModificationStatement ParseInsert()
    {
        var position = Next().Position;
        Expect(TokenKind.Into);
        var table = ParseTableName();
        switch (Kind)
        {
            case TokenKind.Json:
                _at++;
                return ParseInsertJson(position, table);
            case TokenKind.LeftParenthesis:
                var columns = ParseColumnTuple();
                Expect(TokenKind.Values);
                Expect(TokenKind.LeftParenthesis);
                var values = ParseTermsUntil(TokenKind.RightParenthesis, false);
                var ifNotExists = AcceptIfNotExists();
                return new InsertStatement(position, table, columns, values, ifNotExists, ParseUsing());
            default:
                throw NoViableAlternative();
        }
    }

    private InsertJsonStatement ParseInsertJson(SourcePosition position, QualifiedName table)
    {
        Term json = Kind switch
        {
            TokenKind.StringLiteral => TryParseConstant()!,
            TokenKind.QuestionMark or TokenKind.Colon => ParseMarker(),
            _ => throw NoViableAlternative(),
        };
        var defaultUnset = false;
        if (Accept(TokenKind.Default))
        {
            defaultUnset = Accept(TokenKind.Unset);
            if (!defaultUnset && !Accept(TokenKind.Null))
            {
                throw NoViableAlternative();
            }
        }

        var ifNotExists = AcceptIfNotExists();
        return new InsertJsonStatement(position, table, json, defaultUnset, ifNotExists, ParseUsing());
    }

    private UsingAttributes ParseUsing()
    {
        if (!Accept(TokenKind.Using))
        {
            return UsingAttributes.None;
        }

        Term? timestamp = null;
        Term? timeToLive = null;
        do
        {
            if (Accept(TokenKind.Timestamp))
            {
                timestamp = ParseIntValue();
            }
            else if (Accept(TokenKind.Ttl))
            {
                timeToLive = ParseIntValue();
            }
            else
            {
                throw NoViableAlternative();
            }
        }
        while (Accept(TokenKind.And));
        return new UsingAttributes(timestamp, timeToLive);
    }

    private UpdateStatement ParseUpdate()
    {
        var position = Next().Position;
        var table = ParseTableName();
        var attributes = ParseUsing();
        Expect(TokenKind.Set);
        var assignments = default(NodeListBuilder<Assignment>);
        do
        {
            var assignment = ParseAssignment();
            CheckCompatible(assignments.Items, assignment);
            assignments.Add(assignment);
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.Where);
        var where = ParseWhere();
        var (ifExists, conditions) = ParseIf();
        return new UpdateStatement(position, table, attributes, assignments.Build(), where, ifExists, conditions);
    }

    private static void CheckCompatible(ReadOnlySpan<Assignment> earlier, Assignment assignment)
    {
        foreach (var other in earlier)
        {
            if (other.Column == assignment.Column
                && (other is SetValue || assignment is SetValue || (other is SetField { Field: var field } && assignment is SetField same && same.Field == field)))
            {
                throw Invalid($"Multiple incompatible setting of column {assignment.Column}");
            }
        }
    }

    private Assignment ParseAssignment()
    {
        var position = Position;
        var column = ParseColumn();
        switch (Kind)
        {
            case TokenKind.Equal:
                _at++;
                return ParseNewValue(position, column);
            case TokenKind.PlusEqual:
                _at++;
                return new Addition(position, column, ParseTerm());
            case TokenKind.MinusEqual:
                _at++;
                return new Subtraction(position, column, ParseTerm());
            case TokenKind.LeftBracket:
                _at++;
                var element = ParseTerm();
                ExpectEndOfTerms(TokenKind.RightBracket);
                Expect(TokenKind.Equal);
                return new SetElement(position, column, element, ParseTerm());
            case TokenKind.Period:
                _at++;
                var field = ParseName();
                Expect(TokenKind.Equal);
                return new SetField(position, column, field, ParseTerm());
            default:
                throw NoViableAlternative();
        }
    }

    /// <summary>What follows <c>column =</c>.</summary>
    private Assignment ParseNewValue(SourcePosition position, string column)
    {
        if (IsColumn(Kind) && KindAt(1) is TokenKind.Plus or TokenKind.Minus or TokenKind.Integer)
        {
            return ParseDifference(position, column);
        }

        var value = ParseAddition(true);
        if (!Accept(TokenKind.Plus))
        {
            return new SetValue(position, column, value);
        }

        return ParseColumn() == column
            ? new Prepend(position, column, value)
            : throw Invalid("Only expressions of the form X = <value> + X are supported.");
    }

    /// <summary><c>X + value</c>, <c>X - value</c>, or <c>X -1</c>, whose second token is a negative number.</summary>
    private Assignment ParseDifference(SourcePosition position, string column)
    {
        var isSame = ParseColumn() == column;
        var kind = Kind;
        if (kind == TokenKind.Integer)
        {
            var sign = TextOf(Current)[0] == '-' ? '-' : '+';
            var integer = TryParseConstant()!;
            return isSame
                ? new Addition(position, column, integer)
                : throw Invalid($"Only expressions of the form X = X {sign} <value> are supported.");
        }

        _at++;
        var value = ParseTerm();
        if (!isSame)
        {
            throw Kind is not (TokenKind.Comma or TokenKind.Where)
                ? NoViableAlternative()
                : Invalid($"Only expressions of the form X = X {(kind == TokenKind.Plus ? '+' : '-')}<value> are supported.");
        }

        return kind == TokenKind.Plus ? new Addition(position, column, value) : new Subtraction(position, column, value);
    }

    private DeleteStatement ParseDelete()
    {
        var position = Next().Position;
        var deletions = default(NodeListBuilder<Deletion>);
        if (IsColumn(Kind))
        {
            do
            {
                deletions.Add(ParseDeletion());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.From);
        var table = ParseTableName();
        var attributes = UsingAttributes.None;
        if (Accept(TokenKind.Using))
        {
            Expect(TokenKind.Timestamp);
            attributes = new UsingAttributes(ParseIntValue(), null);
        }

        Expect(TokenKind.Where);
        var where = ParseWhere();
        var (ifExists, conditions) = ParseIf();
        return new DeleteStatement(position, deletions.Build(), table, attributes, where, ifExists, conditions);
    }

    private Deletion ParseDeletion()
    {
        var position = Position;
        var column = ParseColumn();
        if (Accept(TokenKind.LeftBracket))
        {
            var element = ParseTerm();
            ExpectEndOfTerms(TokenKind.RightBracket);
            return new ElementDeletion(position, column, element);
        }

        return Accept(TokenKind.Period) ? new FieldDeletion(position, column, ParseName()) : new ColumnDeletion(position, column);
    }

    /// <summary>IF EXISTS or IF conditions. A column named <c>exists</c> can be in a condition.</summary>
    private (bool IfExists, NodeList<ColumnCondition> Conditions) ParseIf()
    {
        if (!Accept(TokenKind.If))
        {
            return default;
        }

        if (Kind == TokenKind.Exists && KindAt(1)
            is TokenKind.EndOfText or TokenKind.Semicolon or TokenKind.Apply or TokenKind.Insert or TokenKind.Update or TokenKind.Delete)
        {
            _at++;
            return (true, default);
        }

        var conditions = default(NodeListBuilder<ColumnCondition>);
        do
        {
            conditions.Add(ParseCondition());
        }
        while (Accept(TokenKind.And));
        return (false, conditions.Build());
    }

    private ColumnCondition ParseCondition()
    {
        var position = Position;
        var column = ParseColumn();
        ConditionTarget target;
        if (Accept(TokenKind.LeftBracket))
        {
            target = new ElementTarget(position, column, ParseTerm());
            ExpectEndOfTerms(TokenKind.RightBracket);
        }
        else if (Accept(TokenKind.Period))
        {
            target = new FieldTarget(position, column, ParseName());
        }
        else
        {
            target = new ColumnTarget(position, column);
            if (Kind == TokenKind.Contains)
            {
                return new SimpleCondition(position, target, ParseContainsOperator(), ParseTerm());
            }
        }

        return Accept(TokenKind.In)
            ? new InCondition(position, target, ParseInValues())
            : new SimpleCondition(position, target, ParseRelationOperator(), ParseTerm());
    }
}
