using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Which statement it is.</content>
internal ref partial struct CqlParser
{
    private CqlStatement ParseStatement() => Kind switch
    {
        TokenKind.Select => ParseSelect(),
        TokenKind.Insert or TokenKind.Update or TokenKind.Delete => ParseModification(),
        TokenKind.Begin => ParseBatch(),
        TokenKind.Use => ParseUse(),
        TokenKind.Truncate => ParseTruncate(),
        TokenKind.Create => ParseCreate(),
        TokenKind.Alter => ParseAlter(),
        TokenKind.Drop => ParseDrop(),
        TokenKind.Grant => ParseGrant(),
        TokenKind.Revoke => ParseRevoke(),
        TokenKind.List => ParseList(),
        TokenKind.Add => ParseAddIdentity(),
        TokenKind.Describe or TokenKind.Desc => ParseDescribe(),
        _ => throw NoViableAlternative(),
    };

    private UseStatement ParseUse()
    {
        var position = Next().Position;
        return new UseStatement(position, ParseKeyspaceName());
    }

    private TruncateStatement ParseTruncate()
    {
        var position = Next().Position;
        Accept(TokenKind.ColumnFamily);
        return new TruncateStatement(position, ParseTableName());
    }

    private CqlStatement ParseCreate()
    {
        var position = Next().Position;
        switch (Kind)
        {
            case TokenKind.Keyspace:
                return ParseCreateKeyspace(position);
            case TokenKind.ColumnFamily:
                return ParseCreateTable(position);
            case TokenKind.Type:
                return ParseCreateType(position);
            case TokenKind.Custom or TokenKind.Index:
                return ParseCreateIndex(position);
            case TokenKind.Materialized:
                return ParseCreateMaterializedView(position);
            case TokenKind.Trigger:
                return ParseCreateTrigger(position);
            case TokenKind.User:
                return ParseCreateUser(position);
            case TokenKind.Role:
                return ParseCreateRole(position);
            case TokenKind.Or when KindAt(1) == TokenKind.Replace:
                if (KindAt(2) is not (TokenKind.Function or TokenKind.Aggregate))
                {
                    throw NoViableAlternative(2);
                }

                _at += 2;
                return Kind == TokenKind.Function ? ParseCreateFunction(position, true) : ParseCreateAggregate(position, true);
            case TokenKind.Or:
                throw NoViableAlternative(1);
            case TokenKind.Function:
                return ParseCreateFunction(position, false);
            case TokenKind.Aggregate:
                return ParseCreateAggregate(position, false);
            default:
                throw NoViableAlternative();
        }
    }

    private CqlStatement ParseAlter()
    {
        var position = Next().Position;
        return Kind switch
        {
            TokenKind.Keyspace => ParseAlterKeyspace(position),
            TokenKind.ColumnFamily => ParseAlterTable(position),
            TokenKind.Type => ParseAlterType(position),
            TokenKind.Materialized => ParseAlterMaterializedView(position),
            TokenKind.User => ParseAlterUser(position),
            TokenKind.Role => ParseAlterRole(position),
            _ => throw NoViableAlternative(),
        };
    }

    private CqlStatement ParseDrop()
    {
        var position = Next().Position;
        switch (Kind)
        {
            case TokenKind.Keyspace:
                _at++;
                var keyspaceIfExists = AcceptIfExists();
                return new DropKeyspaceStatement(position, ParseKeyspaceName(), keyspaceIfExists);
            case TokenKind.ColumnFamily:
                _at++;
                var tableIfExists = AcceptIfExists();
                return new DropTableStatement(position, ParseTableName(), tableIfExists);
            case TokenKind.Type:
                _at++;
                var typeIfExists = AcceptIfExists();
                return new DropTypeStatement(position, ParseUserTypeName(), typeIfExists);
            case TokenKind.Index:
                _at++;
                var indexIfExists = AcceptIfExists();
                return new DropIndexStatement(position, ParseQualifiedName("index"), indexIfExists);
            case TokenKind.Materialized:
                _at++;
                Expect(TokenKind.View);
                var viewIfExists = AcceptIfExists();
                return new DropMaterializedViewStatement(position, ParseTableName(), viewIfExists);
            case TokenKind.Trigger:
                return ParseDropTrigger(position);
            case TokenKind.Function or TokenKind.Aggregate:
                return ParseDropFunction(position);
            case TokenKind.User:
                _at++;
                var userIfExists = AcceptIfExists();
                return new DropRoleStatement(position, ParseUserName(), userIfExists);
            case TokenKind.Role:
                _at++;
                var roleIfExists = AcceptIfExists();
                return new DropRoleStatement(position, ParseRoleName(), roleIfExists);
            case TokenKind.Identity:
                _at++;
                var identityIfExists = AcceptIfExists();
                return new DropIdentityStatement(position, identityIfExists, ParseIdentity());
            default:
                throw NoViableAlternative();
        }
    }
}
