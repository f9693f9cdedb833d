using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>Roles and permissions.</summary>
internal static class RoleStatements
{
    internal static CompiledStatement Compile(CqlStatement statement, string? keyspace, NodeEngine engine, RequestContext context)
    {
        var roles = engine.Database.Roles;
        switch (statement)
        {
            case CreateRoleStatement create:
                return new ActionStatement(c => Create(create, engine, c));
            case AlterRoleStatement alter:
                return new ActionStatement(c => Alter(alter, engine, c));
            case DropRoleStatement drop:
                return new ActionStatement(c => Drop(drop, engine, c));
            case GrantRoleStatement grant:
                return new ActionStatement(c =>
                {
                    CheckSuperuser(engine, c);
                    Require(roles, grant.Role);
                    Require(roles, grant.Grantee);
                    if (roles.Closure(grant.Role).Any(r => r.Name == grant.Grantee))
                    {
                        throw CqlError.Invalid($"{grant.Grantee} is a member of {grant.Role}");
                    }

                    roles.Change(all => all.SetItem(grant.Grantee, all[grant.Grantee] with { MemberOf = all[grant.Grantee].MemberOf.Add(grant.Role) }));
                });
            case RevokeRoleStatement revoke:
                return new ActionStatement(c =>
                {
                    CheckSuperuser(engine, c);
                    Require(roles, revoke.Role);
                    Require(roles, revoke.Revokee);
                    roles.Change(all => all.SetItem(revoke.Revokee, all[revoke.Revokee] with { MemberOf = all[revoke.Revokee].MemberOf.Remove(revoke.Role) }));
                });
            case GrantPermissionsStatement grant:
                var granted = NameOf(grant.Resource, context.Client.Keyspace);
                return new ActionStatement(c => Permit(engine, c, grant.Grantee, granted, grant.Permissions, grants: true));
            case RevokePermissionsStatement revoke:
                var revoked = NameOf(revoke.Resource, context.Client.Keyspace);
                return new ActionStatement(c => Permit(engine, c, revoke.Revokee, revoked, revoke.Permissions, grants: false));
            case ListRolesStatement list:
                return ListRoles(engine, list);
            case ListUsersStatement:
                return new RowsStatement([Column("name", CqlType.Text), Column("super", CqlType.Boolean), Column("datacenters", CqlType.Text)], c =>
                {
                    Access.CheckLoggedIn(engine, c);
                    return roles.All.Values.Where(r => r.CanLogin).Select(r => new[] { ValueBytes.Text(r.Name), ValueBytes.Boolean(Access.IsSuperuser(engine, r.Name)), ValueBytes.Text("ALL") });
                });
            case ListPermissionsStatement list:
                return ListPermissions(engine, list, keyspace);
            case AddIdentityStatement or DropIdentityStatement:
                return new ActionStatement(c =>
                {
                    Access.CheckLoggedIn(engine, c);
                    throw CqlError.Invalid("The embedded node does not know identities");
                });
            default:
                _ = context;
                throw CqlError.Invalid($"The embedded node does not know {statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal)}");
        }
    }

    private static ResultColumn Column(string name, CqlType type) => new("system_auth", "roles", name, type);

    private static void CheckSuperuser(NodeEngine engine, RequestContext context)
    {
        var role = Access.CheckLoggedIn(engine, context);
        if (!Access.IsSuperuser(engine, role.Name))
        {
            throw CqlError.Unauthorized($"User {role.Name} does not have sufficient privileges to perform the requested operation");
        }
    }

    private static void Require(RoleStore roles, string name)
    {
        if (roles.Find(name) is null)
        {
            throw CqlError.Invalid($"{name} doesn't exist");
        }
    }

    private static void Create(CreateRoleStatement create, NodeEngine engine, RequestContext context)
    {
        CheckOptions(create.Options, context);
        CheckSuperuser(engine, context);
        var roles = engine.Database.Roles;
        if (roles.Find(create.Role) is not null)
        {
            if (create.IfNotExists)
            {
                return;
            }

            throw CqlError.Invalid($"{create.Role} already exists");
        }

        var role = new Role(create.Role, create.Options.Password, create.Options.IsSuperuser ?? false, create.Options.CanLogin ?? false);
        roles.Change(all => all.SetItem(create.Role, role));
    }

    // Without logins passwords have no use, and the server says so.
    private static void CheckOptions(RoleOptions options, RequestContext context)
    {
        if (context.Client.Role is null && options.Password is not null)
        {
            throw CqlError.Invalid("org.apache.cassandra.auth.CassandraRoleManager doesn't support PASSWORD");
        }
    }

    private static void Alter(AlterRoleStatement alter, NodeEngine engine, RequestContext context)
    {
        CheckOptions(alter.Options, context);
        var user = Access.CheckLoggedIn(engine, context);
        var roles = engine.Database.Roles;
        if (roles.Find(alter.Role) is not { } role)
        {
            if (alter.IfExists)
            {
                return;
            }

            throw CqlError.Invalid($"{alter.Role} doesn't exist");
        }

        if (user.Name != alter.Role)
        {
            CheckSuperuser(engine, context);
        }
        else if (alter.Options.IsSuperuser is not null)
        {
            throw CqlError.Unauthorized("You aren't allowed to alter your own superuser status or that of a role granted to you");
        }

        roles.Change(all => all.SetItem(alter.Role, role with
        {
            Password = alter.Options.Password ?? role.Password,
            IsSuperuser = alter.Options.IsSuperuser ?? role.IsSuperuser,
            CanLogin = alter.Options.CanLogin ?? role.CanLogin,
        }));
    }

    private static void Drop(DropRoleStatement drop, NodeEngine engine, RequestContext context)
    {
        var user = Access.CheckLoggedIn(engine, context);
        if (user.Name == drop.Role)
        {
            throw CqlError.Invalid("Cannot DROP primary role for current login");
        }

        CheckSuperuser(engine, context);
        var roles = engine.Database.Roles;
        if (roles.Find(drop.Role) is null)
        {
            if (drop.IfExists)
            {
                return;
            }

            throw CqlError.Invalid($"{drop.Role} doesn't exist");
        }

        roles.Change(all => all.Remove(drop.Role).ToImmutableSortedDictionary(p => p.Key, p => p.Value with { MemberOf = p.Value.MemberOf.Remove(drop.Role) }, StringComparer.Ordinal));
    }

    private static void Permit(NodeEngine engine, RequestContext context, string name, string resource, Permissions permissions, bool grants)
    {
        CheckSuperuser(engine, context);
        var roles = engine.Database.Roles;
        Require(roles, name);
        roles.Change(all =>
        {
            var role = all[name];
            var before = role.Permissions.GetValueOrDefault(resource);
            var after = grants ? before | permissions : before & ~permissions;
            return all.SetItem(name, role with { Permissions = after == Permissions.None ? role.Permissions.Remove(resource) : role.Permissions.SetItem(resource, after) });
        });
    }

    private static string NameOf(Resource resource, string? keyspace) => resource switch
    {
        AllKeyspacesResource => "data",
        KeyspaceResource one => "data/" + one.Keyspace,
        AllTablesResource tables => "data/" + tables.Keyspace,
        TableResource table => $"data/{table.Table.Keyspace ?? keyspace ?? throw StatementCompiler.NoKeyspace()}/{table.Table.Name}",
        AllRolesResource => "roles",
        RoleResource role => "roles/" + role.Role,
        AllFunctionsResource functions => functions.Keyspace is null ? "functions" : "functions/" + functions.Keyspace,
        _ => throw CqlError.Invalid("The embedded node has no such resource"),
    };

    private static string Shown(string resource)
    {
        var parts = resource.Split('/');
        return (parts[0], parts.Length) switch
        {
            ("data", 1) => "<all keyspaces>",
            ("data", 2) => $"<keyspace {parts[1]}>",
            ("data", _) => $"<table {parts[1]}.{parts[2]}>",
            ("roles", 1) => "<all roles>",
            ("roles", _) => $"<role {parts[1]}>",
            ("functions", 1) => "<all functions>",
            _ => $"<all functions in {parts[1]}>",
        };
    }

    private static RowsStatement ListRoles(NodeEngine engine, ListRolesStatement list)
    {
        var roles = engine.Database.Roles;
        var options = new CqlMapType(CqlType.Text, CqlType.Text);
        return new RowsStatement(
            [Column("role", CqlType.Text), Column("super", CqlType.Boolean), Column("login", CqlType.Boolean), Column("options", options), Column("datacenters", CqlType.Text)],
            c =>
            {
                Access.CheckLoggedIn(engine, c);
                IEnumerable<Role> shown = roles.All.Values;
                if (list.Of is { } of)
                {
                    Require(roles, of);
                    shown = list.IsRecursive ? roles.Closure(of) : roles.Find(of)!.MemberOf.Select(roles.Find).OfType<Role>().Append(roles.Find(of)!);
                }

                return shown.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => new byte[]?[]
                {
                    ValueBytes.Text(r.Name), ValueBytes.Boolean(r.IsSuperuser), ValueBytes.Boolean(r.CanLogin), ValueParts.Map([]), ValueBytes.Text("ALL"),
                });
            });
    }

    private static RowsStatement ListPermissions(NodeEngine engine, ListPermissionsStatement list, string? keyspace)
    {
        var resource = list.Resource is null ? null : NameOf(list.Resource, keyspace);
        var roles = engine.Database.Roles;
        return new RowsStatement(
            [
                new("system_auth", "permissions", "role", CqlType.Text), new("system_auth", "permissions", "username", CqlType.Text),
                new("system_auth", "permissions", "resource", CqlType.Text), new("system_auth", "permissions", "permission", CqlType.Text),
            ],
            c =>
            {
                Access.CheckLoggedIn(engine, c);
                if (list.Of is { } named)
                {
                    Require(roles, named);
                }

                return from role in list.Of is { } grantee ? roles.Closure(grantee) : roles.All.Values
                       from granted in role.Permissions
                       where resource is null || granted.Key == resource
                       from permission in Enum.GetValues<Permissions>()
                       where permission is not (Permissions.None or Permissions.All) && (granted.Value & permission & list.Permissions) != 0
                       select new[] { ValueBytes.Text(role.Name), ValueBytes.Text(role.Name), ValueBytes.Text(Shown(granted.Key)), ValueBytes.Text(permission.ToString().ToUpperInvariant()) };
            });
    }
}
