namespace Ilium.Embedded.Cql.Ast;

/// <summary>
/// The options of CREATE and ALTER ROLE and USER; null is an option that was not given. An empty list of data centers or CIDR groups stands for
/// <c>ACCESS TO ALL DATACENTERS</c>, <c>ACCESS FROM ALL CIDRS</c>.
/// </summary>
internal sealed record RoleOptions(
    string? Password,
    string? HashedPassword,
    bool? IsSuperuser,
    bool? CanLogin,
    NodeList<KeyValuePair<string, string>>? Options,
    NodeList<string>? DataCenters,
    NodeList<string>? CidrGroups);

/// <summary><c>CREATE ROLE</c>, and <c>CREATE USER</c>, which is a role that may log in.</summary>
internal sealed record CreateRoleStatement(SourcePosition Position, string Role, bool IfNotExists, RoleOptions Options) : CqlStatement(Position);

/// <summary><c>ALTER ROLE</c> and <c>ALTER USER</c>.</summary>
internal sealed record AlterRoleStatement(SourcePosition Position, string Role, bool IfExists, RoleOptions Options) : CqlStatement(Position);

/// <summary><c>DROP ROLE</c> and <c>DROP USER</c>.</summary>
internal sealed record DropRoleStatement(SourcePosition Position, string Role, bool IfExists) : CqlStatement(Position);

/// <summary><c>LIST ROLES [OF role] [NORECURSIVE]</c>.</summary>
internal sealed record ListRolesStatement(SourcePosition Position, string? Of, bool IsRecursive) : CqlStatement(Position);

internal sealed record ListUsersStatement(SourcePosition Position) : CqlStatement(Position);

/// <summary><c>GRANT role TO grantee</c>.</summary>
internal sealed record GrantRoleStatement(SourcePosition Position, string Role, string Grantee) : CqlStatement(Position);

/// <summary><c>REVOKE role FROM revokee</c>.</summary>
internal sealed record RevokeRoleStatement(SourcePosition Position, string Role, string Revokee) : CqlStatement(Position);

/// <summary><c>ADD IDENTITY 'identity' TO ROLE role</c>.</summary>
internal sealed record AddIdentityStatement(SourcePosition Position, bool IfNotExists, string Identity, string Role) : CqlStatement(Position);

internal sealed record DropIdentityStatement(SourcePosition Position, bool IfExists, string Identity) : CqlStatement(Position);
