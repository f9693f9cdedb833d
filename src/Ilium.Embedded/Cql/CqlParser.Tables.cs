using System.Globalization;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Tables.</content>
internal ref partial struct CqlParser
{
    private CreateTableStatement ParseCreateTable(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var table = ParseTableName();
        Expect(TokenKind.LeftParenthesis);
        var columns = default(NodeListBuilder<TableColumn>);
        var primaryKeys = default(NodeListBuilder<PrimaryKey>);
        ParseColumnOrKey(ref columns, ref primaryKeys);
        while (Accept(TokenKind.Comma))
        {
            if (Kind is not (TokenKind.Comma or TokenKind.RightParenthesis))
            {
                ParseColumnOrKey(ref columns, ref primaryKeys);
            }
        }

        Expect(TokenKind.RightParenthesis);
        var order = default(NodeListBuilder<ColumnOrder>);
        var properties = default(NodeListBuilder<Property>);
        var compactStorage = false;
        if (Accept(TokenKind.With))
        {
            do
            {
                if (Accept(TokenKind.Compact, TokenKind.Storage))
                {
                    compactStorage = true;
                }
                else
                {
                    ParsePropertyOrOrder(ref properties, ref order);
                }
            }
            while (Accept(TokenKind.And));
        }

        return new CreateTableStatement(
            position, table, ifNotExists, columns.Build(), primaryKeys.Build(), compactStorage, order.Build(), properties.Build());
    }

    private void ParseColumnOrKey(scoped ref NodeListBuilder<TableColumn> columns, scoped ref NodeListBuilder<PrimaryKey> primaryKeys)
    {
        if (Kind == TokenKind.Primary)
        {
            primaryKeys.Add(ParsePrimaryKey());
            return;
        }

        var column = ParseColumnDefinition();
        columns.Add(column);
        var position = Position;
        if (Accept(TokenKind.Primary))
        {
            Expect(TokenKind.Key);
            primaryKeys.Add(new PrimaryKey(position, [column.Name], []));
        }
    }

    private TableColumn ParseColumnDefinition()
    {
        var position = Position;
        var name = ParseName();
        var type = ParseType();
        var isStatic = Accept(TokenKind.Static);
        return new TableColumn(position, name, type, isStatic, Kind == TokenKind.Masked ? ParseMask() : null);
    }

    private MaskClause ParseMask()
    {
        var position = Next().Position;
        Expect(TokenKind.With);
        if (Kind == TokenKind.Default && KindAt(1) is not (TokenKind.LeftParenthesis or TokenKind.Period))
        {
            _at++;
            return new MaskClause(position, new QualifiedName(position, "system", "mask_default"), default);
        }

        var function = ParseFunctionName();
        Expect(TokenKind.LeftParenthesis);
        return new MaskClause(position, function, ParseTermsUntil(TokenKind.RightParenthesis, true));
    }

    private PrimaryKey ParsePrimaryKey()
    {
        var position = Next().Position;
        Expect(TokenKind.Key);
        Expect(TokenKind.LeftParenthesis);
        var partition = default(NodeListBuilder<string>);
        if (Accept(TokenKind.LeftParenthesis))
        {
            do
            {
                partition.Add(ParseName());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParenthesis);
        }
        else
        {
            partition.Add(ParseName());
        }

        var clustering = default(NodeListBuilder<string>);
        while (Accept(TokenKind.Comma))
        {
            clustering.Add(ParseName());
        }

        Expect(TokenKind.RightParenthesis);
        return new PrimaryKey(position, partition.Build(), clustering.Build());
    }

    private void ParsePropertyOrOrder(scoped ref NodeListBuilder<Property> properties, scoped ref NodeListBuilder<ColumnOrder> order)
    {
        if (!Accept(TokenKind.Clustering, TokenKind.Order))
        {
            AddProperty(ref properties);
            return;
        }

        Expect(TokenKind.By);
        Expect(TokenKind.LeftParenthesis);
        do
        {
            var position = Position;
            var column = ParseName();
            if (Kind is not (TokenKind.Asc or TokenKind.Desc))
            {
                throw NoViableAlternative();
            }

            order.Add(new ColumnOrder(position, column, Next().Kind == TokenKind.Desc));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
    }

    private AlterTableStatement ParseAlterTable(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var table = ParseTableName();
        return new AlterTableStatement(position, table, ifExists, ParseTableAlteration());
    }

    private TableAlteration ParseTableAlteration()
    {
        var position = Position;
        switch (Kind)
        {
            case TokenKind.Alter:
                _at++;
                return ParseAlterColumn(position);
            case TokenKind.Add:
                _at++;
                return ParseAddColumns(position);
            case TokenKind.Drop when KindAt(1) == TokenKind.Compact && KindAt(2) == TokenKind.Storage:
                _at += 3;
                return new DropCompactStorage(position);
            case TokenKind.Drop:
                _at++;
                return ParseDropColumns(position);
            case TokenKind.Rename:
                _at++;
                var renameIfExists = AcceptIfExists();
                return new RenameColumns(position, renameIfExists, ParseRenamings());
            case TokenKind.With:
                _at++;
                return new AlterProperties(position, ParseProperties());
            default:
                throw NoViableAlternative();
        }
    }

    private TableAlteration ParseAlterColumn(SourcePosition position)
    {
        var ifExists = AcceptIfExists();
        var column = ParseColumn();
        switch (Kind)
        {
            case TokenKind.Type when !ifExists:
                _at++;
                return new AlterColumnType(position, column, ParseType());
            case TokenKind.Masked:
                return new AlterColumnMask(position, ifExists, column, ParseMask());
            case TokenKind.Drop:
                _at++;
                Expect(TokenKind.Masked);
                return new AlterColumnMask(position, ifExists, column, null);
            default:
                throw NoViableAlternative();
        }
    }

    private AddColumns ParseAddColumns(SourcePosition position)
    {
        var ifNotExists = AcceptIfNotExists();
        if (!Accept(TokenKind.LeftParenthesis))
        {
            return new AddColumns(position, ifNotExists, [ParseColumnDefinition()]);
        }

        var columns = default(NodeListBuilder<TableColumn>);
        do
        {
            columns.Add(ParseColumnDefinition());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParenthesis);
        return new AddColumns(position, ifNotExists, columns.Build());
    }

    private DropColumns ParseDropColumns(SourcePosition position)
    {
        var ifExists = AcceptIfExists();
        var columns = default(NodeListBuilder<string>);
        if (Accept(TokenKind.LeftParenthesis))
        {
            do
            {
                columns.Add(ParseName());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParenthesis);
        }
        else
        {
            columns.Add(ParseName());
        }

        long? timestamp = null;
        if (Accept(TokenKind.Using))
        {
            Expect(TokenKind.Timestamp);
            var text = TextOf(Expect(TokenKind.Integer));
            timestamp = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw FailedParsing($"NumberFormatException For input string: \"{text}\"");
        }

        return new DropColumns(position, ifExists, columns.Build(), timestamp);
    }

    private NodeList<Renaming> ParseRenamings()
    {
        var renamings = default(NodeListBuilder<Renaming>);
        do
        {
            var position = Position;
            var from = ParseName();
            Expect(TokenKind.To);
            renamings.Add(new Renaming(position, from, ParseName()));
        }
        while (Accept(TokenKind.And));
        return renamings.Build();
    }
}
