using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>Who may do what. Without logins everybody may do everything, and is told so by the statements that need a name.</summary>
internal static class Access
{
    internal static void Check(NodeEngine engine, RequestContext context, Permissions permission, TableDefinition table)
    {
        if (permission == Permissions.Select && table.IsSystem && table.Keyspace is "system" or "system_schema" or "system_virtual_schema" or "system_traces")
        {
            return;
        }

        Check(engine, context, permission, (table.Keyspace, table.Name));
    }

    internal static void Check(NodeEngine engine, RequestContext context, Permissions permission, (string Keyspace, string Name) table) =>
        Check(engine, context, permission, [$"data/{table.Keyspace}/{table.Name}", $"data/{table.Keyspace}", "data"], $"<table {table.Keyspace}.{table.Name}>");

    internal static void Check(NodeEngine engine, RequestContext context, Permissions permission, string? keyspace) =>
        Check(engine, context, permission, keyspace is null ? ["data"] : [$"data/{keyspace}", "data"], keyspace is null ? "<all keyspaces>" : $"<keyspace {keyspace}>");

    internal static void Check(NodeEngine engine, RequestContext context, Permissions permission, ReadOnlySpan<string> resources, string shown)
    {
        if (context.Client.Role is not { } role)
        {
            return;
        }

        var roles = engine.Database.Roles.Closure(role).ToList();
        if (roles.Any(r => r.IsSuperuser))
        {
            return;
        }

        foreach (var resource in resources)
        {
            if (roles.Any(r => (r.Permissions.GetValueOrDefault(resource) & permission) != 0))
            {
                return;
            }
        }

        throw CqlError.Unauthorized($"User {role} has no {permission.ToString().ToUpperInvariant()} permission on {shown} or any of its parents");
    }

    /// <summary>For statements about roles: somebody must be logged in.</summary>
    internal static Role CheckLoggedIn(NodeEngine engine, RequestContext context) =>
        context.Client.Role is { } role && engine.Database.Roles.Find(role) is { } found
            ? found
            : throw CqlError.Unauthorized("You have to be logged in and not anonymous to perform this request");

    internal static bool IsSuperuser(NodeEngine engine, string role) => engine.Database.Roles.Closure(role).Any(r => r.IsSuperuser);
}
