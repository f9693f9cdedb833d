using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>GRANT, REVOKE and LIST.</content>
internal ref partial struct CqlParser
{
    private static Permissions PermissionOf(TokenKind kind) => kind switch
    {
        TokenKind.Create => Permissions.Create,
        TokenKind.Alter => Permissions.Alter,
        TokenKind.Drop => Permissions.Drop,
        TokenKind.Select => Permissions.Select,
        TokenKind.Modify => Permissions.Modify,
        TokenKind.Authorize => Permissions.Authorize,
        TokenKind.Describe => Permissions.Describe,
        TokenKind.Execute => Permissions.Execute,
        TokenKind.Unmask => Permissions.Unmask,
        TokenKind.SelectMasked => Permissions.SelectMasked,
        _ => Permissions.None,
    };

    private CqlStatement ParseGrant()
    {
        var position = Next().Position;
        if (!IsPermissionHere(TokenKind.To))
        {
            var granted = ParseRoleName();
            Expect(TokenKind.To);
            return new GrantRoleStatement(position, granted, ParseRoleName());
        }

        var (permissions, resource) = ParsePermissionsOnResource();
        Expect(TokenKind.To);
        var role = ParseRoleName();
        return new GrantPermissionsStatement(position, Applicable(permissions, resource), resource, role);
    }

    private CqlStatement ParseRevoke()
    {
        var position = Next().Position;
        if (!IsPermissionHere(TokenKind.From))
        {
            var granted = ParseRoleName();
            Expect(TokenKind.From);
            return new RevokeRoleStatement(position, granted, ParseRoleName());
        }

        var (permissions, resource) = ParsePermissionsOnResource();
        Expect(TokenKind.From);
        var role = ParseRoleName();
        return new RevokePermissionsStatement(position, Applicable(permissions, resource), resource, role);
    }

    /// <summary>Whether it is a permission and not a role of that name, which the given word follows.</summary>
    private readonly bool IsPermissionHere(TokenKind afterRole) =>
        (Kind == TokenKind.All || PermissionOf(Kind) != Permissions.None) && !(IsName(Kind) && KindAt(1) == afterRole);

    private (Permissions Permissions, Resource Resource) ParsePermissionsOnResource()
    {
        var permissions = ParsePermissions();
        Expect(TokenKind.On);
        return (permissions, ParseResource());
    }

    private Permissions ParsePermissions()
    {
        if (Accept(TokenKind.All))
        {
            Accept(TokenKind.Permissions);
            return Permissions.All;
        }

        var permissions = Permissions.None;
        do
        {
            var permission = PermissionOf(Kind);
            if (permission == Permissions.None)
            {
                throw Mismatched("set null");
            }

            _at++;
            permissions |= permission;
            Accept(TokenKind.Permission);
        }
        while (Accept(TokenKind.Comma));
        return permissions;
    }

    /// <summary>Of the permissions those that a resource can have; it is an error if there are none.</summary>
    private static Permissions Applicable(Permissions permissions, Resource resource)
    {
        const Permissions data = Permissions.Alter | Permissions.Drop | Permissions.Select | Permissions.Modify | Permissions.Authorize
            | Permissions.Unmask | Permissions.SelectMasked;
        const Permissions change = Permissions.Alter | Permissions.Drop | Permissions.Authorize;
        var (applicable, name) = resource switch
        {
            TableResource => (data, "DataResource"),
            AllKeyspacesResource or KeyspaceResource or AllTablesResource => (data | Permissions.Create, "DataResource"),
            AllRolesResource => (change | Permissions.Create | Permissions.Describe, "RoleResource"),
            RoleResource => (change | Permissions.Describe, "RoleResource"),
            AllFunctionsResource => (change | Permissions.Create | Permissions.Execute, "FunctionResource"),
            FunctionResource => (change | Permissions.Execute, "FunctionResource"),
            _ => (Permissions.Authorize | Permissions.Describe | Permissions.Execute | Permissions.Modify | Permissions.Select, "JMXResource"),
        };
        var result = permissions & applicable;
        return result == Permissions.None
            ? throw Invalid($"Resource type {name} does not support any of the requested permissions")
            : result;
    }

    private Resource ParseResource()
    {
        var position = Position;
        switch (Kind)
        {
            case TokenKind.All when KindAt(1) is TokenKind.Keyspaces or TokenKind.Tables or TokenKind.Functions or TokenKind.Roles or TokenKind.MBeans:
                _at++;
                return ParseAllResource(position);
            case TokenKind.Keyspace:
                _at++;
                return new KeyspaceResource(position, ParseKeyspaceName());
            case TokenKind.ColumnFamily:
                _at++;
                return new TableResource(position, ParseTableName());
            case TokenKind.Role when IsName(KindAt(1)) || KindAt(1) is TokenKind.StringLiteral or TokenKind.QuestionMark:
                _at++;
                return new RoleResource(position, ParseRoleName());
            case TokenKind.Function when IsName(KindAt(1)) || KindAt(1) == TokenKind.Token:
                _at++;
                if (KindAt(1) is not (TokenKind.LeftParenthesis or TokenKind.Period))
                {
                    throw NoViableAlternative(1);
                }

                var function = ParseFunctionName();
                return new FunctionResource(position, function, ParseArgumentTypes());
            case TokenKind.MBean or TokenKind.MBeans when KindAt(1) == TokenKind.StringLiteral:
                _at++;
                return new MBeanResource(position, Unquote(Next()));
            default:
                return new TableResource(position, ParseTableName());
        }
    }

    private Resource ParseAllResource(SourcePosition position)
    {
        switch (Next().Kind)
        {
            case TokenKind.Keyspaces:
                return new AllKeyspacesResource(position);
            case TokenKind.Tables:
                Expect(TokenKind.In);
                Expect(TokenKind.Keyspace);
                return new AllTablesResource(position, ParseKeyspaceName());
            case TokenKind.Functions:
                if (!Accept(TokenKind.In))
                {
                    return new AllFunctionsResource(position, null);
                }

                Expect(TokenKind.Keyspace);
                return new AllFunctionsResource(position, ParseKeyspaceName());
            case TokenKind.Roles:
                return new AllRolesResource(position);
            default:
                return new MBeanResource(position, null);
        }
    }

    private CqlStatement ParseList()
    {
        var position = Next().Position;
        switch (Kind)
        {
            case TokenKind.Users:
                _at++;
                return new ListUsersStatement(position);
            case TokenKind.Roles:
                _at++;
                var of = Accept(TokenKind.Of) ? ParseRoleName() : null;
                return new ListRolesStatement(position, of, !Accept(TokenKind.NoRecursive));
            case TokenKind.All:
            case var kind when PermissionOf(kind) != Permissions.None:
                var permissions = ParsePermissions();
                var resource = Accept(TokenKind.On) ? ParseResource() : null;
                var grantee = Accept(TokenKind.Of) ? ParseRoleName() : null;
                return new ListPermissionsStatement(position, permissions, resource, grantee, !Accept(TokenKind.NoRecursive));
            default:
                throw NoViableAlternative();
        }
    }
}
