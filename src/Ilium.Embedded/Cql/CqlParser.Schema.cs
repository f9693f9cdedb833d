using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Types, indexes, materialized views, functions, aggregates and triggers.</content>
internal ref partial struct CqlParser
{
    private CreateTypeStatement ParseCreateType(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseUserTypeName();
        Expect(TokenKind.LeftParenthesis);
        var fields = default(NodeListBuilder<FieldDefinition>);
        fields.Add(ParseFieldDefinition());
        while (Accept(TokenKind.Comma))
        {
            if (Kind is not (TokenKind.Comma or TokenKind.RightParenthesis))
            {
                fields.Add(ParseFieldDefinition());
            }
        }

        Expect(TokenKind.RightParenthesis);
        return new CreateTypeStatement(position, name, ifNotExists, fields.Build());
    }

    private FieldDefinition ParseFieldDefinition()
    {
        var position = Position;
        var name = ParseName();
        return new FieldDefinition(position, name, ParseType());
    }

    private AlterTypeStatement ParseAlterType(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var name = ParseUserTypeName();
        return new AlterTypeStatement(position, name, ifExists, ParseTypeAlteration());
    }

    private TypeAlteration ParseTypeAlteration()
    {
        var position = Position;
        switch (Kind)
        {
            case TokenKind.Alter:
                _at++;
                var field = ParseName();
                Expect(TokenKind.Type);
                return new AlterFieldType(position, field, ParseType());
            case TokenKind.Add:
                _at++;
                var ifNotExists = AcceptIfNotExists();
                return new AddField(position, ifNotExists, ParseFieldDefinition());
            case TokenKind.Rename:
                _at++;
                var ifExists = AcceptIfExists();
                return new RenameFields(position, ifExists, ParseRenamings());
            default:
                throw NoViableAlternative();
        }
    }

    private CreateIndexStatement ParseCreateIndex(SourcePosition position)
    {
        var isCustom = Accept(TokenKind.Custom);
        Expect(TokenKind.Index);
        var ifNotExists = AcceptIfNotExists();
        var name = Kind == TokenKind.On ? null : ParsePartOfName("index");
        Expect(TokenKind.On);
        var table = ParseTableName();
        Expect(TokenKind.LeftParenthesis);
        var targets = default(NodeListBuilder<IndexTarget>);
        if (!Accept(TokenKind.RightParenthesis))
        {
            do
            {
                targets.Add(ParseIndexTarget());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParenthesis);
        }

        var className = Accept(TokenKind.Using) ? Unquote(Expect(TokenKind.StringLiteral)) : null;
        var properties = Accept(TokenKind.With) ? ParseProperties() : default;
        return new CreateIndexStatement(position, isCustom, ifNotExists, name, table, targets.Build(), className, properties);
    }

    private IndexTarget ParseIndexTarget()
    {
        var position = Position;
        IndexTargetKind? kind = Kind switch
        {
            TokenKind.Values when KindAt(1) == TokenKind.LeftParenthesis => IndexTargetKind.Values,
            TokenKind.Keys when KindAt(1) == TokenKind.LeftParenthesis => IndexTargetKind.Keys,
            TokenKind.Entries => IndexTargetKind.Entries,
            TokenKind.Full => IndexTargetKind.Full,
            _ => null,
        };
        if (kind is null)
        {
            return new IndexTarget(position, IndexTargetKind.Simple, ParseColumn());
        }

        _at++;
        Expect(TokenKind.LeftParenthesis);
        var column = ParseColumn();
        Expect(TokenKind.RightParenthesis);
        return new IndexTarget(position, kind.Value, column);
    }

    private CreateMaterializedViewStatement ParseCreateMaterializedView(SourcePosition position)
    {
        _at++;
        Expect(TokenKind.View);
        var ifNotExists = AcceptIfNotExists();
        var view = ParseTableName();
        Expect(TokenKind.As);
        Expect(TokenKind.Select);
        var selectors = ParseSelectors();
        Expect(TokenKind.From);
        var baseTable = ParseTableName();
        var where = Accept(TokenKind.Where) ? ParseWhere() : default;
        if (Kind != TokenKind.Primary)
        {
            throw Mismatched(TokenNames.Of(TokenKind.Primary));
        }

        var primaryKey = ParsePrimaryKey();
        var order = default(NodeListBuilder<ColumnOrder>);
        var properties = default(NodeListBuilder<Property>);
        if (Accept(TokenKind.With))
        {
            do
            {
                if (Accept(TokenKind.Compact, TokenKind.Storage))
                {
                    throw Invalid("COMPACT STORAGE tables are not allowed starting with version 4.0");
                }

                ParsePropertyOrOrder(ref properties, ref order);
            }
            while (Accept(TokenKind.And));
        }

        return new CreateMaterializedViewStatement(
            position, view, ifNotExists, selectors, baseTable, where, primaryKey, order.Build(), properties.Build());
    }

    private AlterMaterializedViewStatement ParseAlterMaterializedView(SourcePosition position)
    {
        _at++;
        Expect(TokenKind.View);
        var ifExists = AcceptIfExists();
        var view = ParseTableName();
        Expect(TokenKind.With);
        return new AlterMaterializedViewStatement(position, view, ifExists, ParseProperties());
    }

    private CreateTriggerStatement ParseCreateTrigger(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseName();
        Expect(TokenKind.On);
        var table = ParseTableName();
        Expect(TokenKind.Using);
        return new CreateTriggerStatement(position, ifNotExists, name, table, Unquote(Expect(TokenKind.StringLiteral)));
    }

    private DropTriggerStatement ParseDropTrigger(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var name = ParseName();
        Expect(TokenKind.On);
        return new DropTriggerStatement(position, ifExists, name, ParseTableName());
    }

    private CreateFunctionStatement ParseCreateFunction(SourcePosition position, bool orReplace)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseFunctionName();
        var arguments = ParseFunctionArguments();
        var calledOnNullInput = Accept(TokenKind.Called);
        if (!calledOnNullInput)
        {
            if (!Accept(TokenKind.Returns))
            {
                throw NoViableAlternative();
            }

            Expect(TokenKind.Null);
        }

        Expect(TokenKind.On);
        Expect(TokenKind.Null);
        Expect(TokenKind.Input);
        Expect(TokenKind.Returns);
        var returnType = ParseType();
        Expect(TokenKind.Language);
        var language = NameOf(Expect(TokenKind.Identifier));
        Expect(TokenKind.As);
        var body = Unquote(Expect(TokenKind.StringLiteral));
        return new CreateFunctionStatement(position, orReplace, ifNotExists, name, arguments, calledOnNullInput, returnType, language, body);
    }

    private NodeList<ArgumentDefinition> ParseFunctionArguments()
    {
        Expect(TokenKind.LeftParenthesis);
        var arguments = default(NodeListBuilder<ArgumentDefinition>);
        if (Accept(TokenKind.RightParenthesis))
        {
            return default;
        }

        do
        {
            var position = Position;
            var name = ParseName();
            arguments.Add(new ArgumentDefinition(position, name, ParseType()));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
        return arguments.Build();
    }

    private CreateAggregateStatement ParseCreateAggregate(SourcePosition position, bool orReplace)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseFunctionName();
        var argumentTypes = ParseArgumentTypes();
        Expect(TokenKind.SFunc);
        var stateFunction = ParseLocalFunctionName();
        Expect(TokenKind.SType);
        var stateType = ParseType();
        var finalFunction = Accept(TokenKind.FinalFunc) ? ParseLocalFunctionName() : null;
        var initialCondition = Accept(TokenKind.InitCond) ? ParseTerm() : null;
        return new CreateAggregateStatement(
            position, orReplace, ifNotExists, name, argumentTypes, stateFunction, stateType, finalFunction, initialCondition);
    }

    private NodeList<TypeName> ParseArgumentTypes()
    {
        Expect(TokenKind.LeftParenthesis);
        if (Accept(TokenKind.RightParenthesis))
        {
            return default;
        }

        var types = default(NodeListBuilder<TypeName>);
        do
        {
            types.Add(ParseType());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
        return types.Build();
    }

    private CqlStatement ParseDropFunction(SourcePosition position)
    {
        var isFunction = Next().Kind == TokenKind.Function;
        var ifExists = AcceptIfExists();
        var name = ParseFunctionName();
        NodeList<TypeName>? argumentTypes = Kind == TokenKind.LeftParenthesis ? ParseArgumentTypes() : null;
        return isFunction
            ? new DropFunctionStatement(position, ifExists, name, argumentTypes)
            : new DropAggregateStatement(position, ifExists, name, argumentTypes);
    }
}
