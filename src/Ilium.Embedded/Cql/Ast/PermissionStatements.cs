namespace Ilium.Embedded.Cql.Ast;

[Flags]
internal enum Permissions
{
    None = 0,
    Create = 1,
    Alter = 1 << 1,
    Drop = 1 << 2,
    Select = 1 << 3,
    Modify = 1 << 4,
    Authorize = 1 << 5,
    Describe = 1 << 6,
    Execute = 1 << 7,
    Unmask = 1 << 8,
    SelectMasked = 1 << 9,
    All = (1 << 10) - 1,
}

/// <summary>What a permission is about.</summary>
internal abstract record Resource(SourcePosition Position) : CqlNode(Position);

internal sealed record AllKeyspacesResource(SourcePosition Position) : Resource(Position);

internal sealed record KeyspaceResource(SourcePosition Position, string Keyspace) : Resource(Position);

/// <summary><c>ALL TABLES IN KEYSPACE keyspace</c>.</summary>
internal sealed record AllTablesResource(SourcePosition Position, string Keyspace) : Resource(Position);

internal sealed record TableResource(SourcePosition Position, QualifiedName Table) : Resource(Position);

internal sealed record AllRolesResource(SourcePosition Position) : Resource(Position);

internal sealed record RoleResource(SourcePosition Position, string Role) : Resource(Position);

/// <summary><c>ALL FUNCTIONS [IN KEYSPACE keyspace]</c>.</summary>
internal sealed record AllFunctionsResource(SourcePosition Position, string? Keyspace) : Resource(Position);

internal sealed record FunctionResource(SourcePosition Position, QualifiedName Function, NodeList<TypeName> ArgumentTypes) : Resource(Position);

/// <summary><c>ALL MBEANS</c>, or <c>MBEAN 'name'</c> and <c>MBEANS 'pattern'</c>.</summary>
internal sealed record MBeanResource(SourcePosition Position, string? Name) : Resource(Position);

internal sealed record GrantPermissionsStatement(SourcePosition Position, Permissions Permissions, Resource Resource, string Grantee)
    : CqlStatement(Position);

internal sealed record RevokePermissionsStatement(SourcePosition Position, Permissions Permissions, Resource Resource, string Revokee)
    : CqlStatement(Position);

/// <summary><c>LIST permissions [ON resource] [OF role] [NORECURSIVE]</c>.</summary>
internal sealed record ListPermissionsStatement(
    SourcePosition Position,
    Permissions Permissions,
    Resource? Resource,
    string? Of,
    bool IsRecursive) : CqlStatement(Position);
