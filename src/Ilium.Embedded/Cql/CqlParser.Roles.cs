using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Roles, users and identities.</content>
internal ref partial struct CqlParser
{
    private CreateRoleStatement ParseCreateUser(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseUserName();
        var options = ParseUserOptions() with { CanLogin = true };
        return new CreateRoleStatement(position, name, ifNotExists, options with { IsSuperuser = options.IsSuperuser ?? false });
    }

    private AlterRoleStatement ParseAlterUser(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var name = ParseUserName();
        return new AlterRoleStatement(position, name, ifExists, ParseUserOptions());
    }

    private RoleOptions ParseUserOptions()
    {
        string? password = null;
        string? hashedPassword = null;
        if (Accept(TokenKind.With))
        {
            if (Accept(TokenKind.Password))
            {
                password = Unquote(Expect(TokenKind.StringLiteral));
            }
            else if (Accept(TokenKind.Hashed))
            {
                Expect(TokenKind.Password);
                hashedPassword = Unquote(Expect(TokenKind.StringLiteral));
            }
            else
            {
                throw NoViableAlternative();
            }
        }

        bool? isSuperuser = Accept(TokenKind.Superuser) ? true : Accept(TokenKind.NoSuperuser) ? false : null;
        return new RoleOptions(password, hashedPassword, isSuperuser, null, null, null, null);
    }

    private CreateRoleStatement ParseCreateRole(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var name = ParseRoleName();
        return new CreateRoleStatement(position, name, ifNotExists, ParseRoleOptions());
    }

    private AlterRoleStatement ParseAlterRole(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var name = ParseRoleName();
        return new AlterRoleStatement(position, name, ifExists, ParseRoleOptions());
    }

    private RoleOptions ParseRoleOptions()
    {
        var options = new RoleOptions(null, null, null, null, null, null, null);
        if (Accept(TokenKind.With))
        {
            do
            {
                options = ParseRoleOption(options);
            }
            while (Accept(TokenKind.And));
        }

        return options is { Password: not null, HashedPassword: not null }
            ? throw Invalid("Options 'password' and 'hashed password' are mutually exclusive")
            : options;
    }

    private RoleOptions ParseRoleOption(RoleOptions options)
    {
        switch (Kind)
        {
            case TokenKind.Password:
                _at++;
                return options with { Password = Once(options.Password, "PASSWORD", ParseOptionText()) };
            case TokenKind.Hashed:
                _at++;
                Expect(TokenKind.Password);
                return options with { HashedPassword = Once(options.HashedPassword, "HASHED_PASSWORD", ParseOptionText()) };
            case TokenKind.Options:
                _at++;
                Expect(TokenKind.Equal);
                return options with { Options = Once(options.Options, "OPTIONS", ParsePropertyMap()) };
            case TokenKind.Superuser:
                _at++;
                return options with { IsSuperuser = Once(options.IsSuperuser, "SUPERUSER", ParseOptionFlag()) };
            case TokenKind.Login:
                _at++;
                return options with { CanLogin = Once(options.CanLogin, "LOGIN", ParseOptionFlag()) };
            case TokenKind.Access:
                _at++;
                return ParseAccess(options);
            default:
                throw NoViableAlternative();
        }
    }

    private static T Once<T>(object? earlier, string name, T value) =>
        earlier is null ? value : throw Invalid($"Multiple definition for property '{name}'");

    private string ParseOptionText()
    {
        Expect(TokenKind.Equal);
        return Unquote(Expect(TokenKind.StringLiteral));
    }

    private bool ParseOptionFlag()
    {
        Expect(TokenKind.Equal);
        return TextOf(Expect(TokenKind.Boolean)).Equals("true", StringComparison.OrdinalIgnoreCase);
    }

    private RoleOptions ParseAccess(RoleOptions options)
    {
        if (Accept(TokenKind.To))
        {
            return options with { DataCenters = ParseAccessList(options.DataCenters, TokenKind.DataCenters) };
        }

        return Accept(TokenKind.From)
            ? options with { CidrGroups = ParseAccessList(options.CidrGroups, TokenKind.Cidrs) }
            : throw NoViableAlternative();
    }

    private NodeList<string> ParseAccessList(NodeList<string>? earlier, TokenKind ofWhat)
    {
        if (Accept(TokenKind.All))
        {
            Expect(ofWhat);
            return earlier is { IsEmpty: false } ? throw FailedParsing("IllegalArgumentException DCs have been set") : default;
        }

        if (!Accept(ofWhat))
        {
            throw NoViableAlternative();
        }

        Expect(TokenKind.LeftBrace);
        var names = default(NodeListBuilder<string>);
        foreach (var name in earlier ?? [])
        {
            names.Add(name);
        }

        do
        {
            names.Add(Unquote(Expect(TokenKind.StringLiteral)));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightBrace);
        return earlier is { IsEmpty: true } ? throw FailedParsing("IllegalArgumentException All has been set") : names.Build();
    }

    private AddIdentityStatement ParseAddIdentity()
    {
        var position = Next().Position;
        Expect(TokenKind.Identity);
        var ifNotExists = AcceptIfNotExists();
        var identity = ParseIdentity();
        Expect(TokenKind.To);
        Expect(TokenKind.Role);
        return new AddIdentityStatement(position, ifNotExists, identity, ParseIdentity());
    }
}
