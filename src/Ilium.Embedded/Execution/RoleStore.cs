using System.Collections.Immutable;
using System.Security.Cryptography;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>A role. Immutable.</summary>
internal sealed record Role(string Name, string? Password, bool IsSuperuser, bool CanLogin)
{
    internal ImmutableSortedSet<string> MemberOf { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>What it may do, by resource.</summary>
    internal ImmutableSortedDictionary<string, Cql.Ast.Permissions> Permissions { get; init; } = ImmutableSortedDictionary.Create<string, Cql.Ast.Permissions>(StringComparer.Ordinal);
}

/// <summary>The roles of a cluster. Safe for all threads.</summary>
internal sealed class RoleStore
{
    internal const string Default = "cassandra";

    private ImmutableSortedDictionary<string, Role> _roles = ImmutableSortedDictionary.Create<string, Role>(StringComparer.Ordinal).Add(Default, new Role(Default, Default, IsSuperuser: true, CanLogin: true));

    internal ImmutableSortedDictionary<string, Role> All => Volatile.Read(ref _roles);

    internal Role? Find(string name) => All.GetValueOrDefault(name);

    internal void Change(Func<ImmutableSortedDictionary<string, Role>, ImmutableSortedDictionary<string, Role>> change) => ImmutableInterlocked.Update(ref _roles, change);

    /// <exception cref="CqlError">The name or the password is wrong.</exception>
    internal void LogIn(string name, string password)
    {
        var role = Find(name);
        var isRight = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encode(role?.Password ?? "")), SHA256.HashData(Encode(password)));
        if (role?.Password is null || !isRight)
        {
            throw CqlError.Credentials($"Provided username {name} and/or password are incorrect");
        }

        if (!role.CanLogin)
        {
            throw CqlError.Credentials($"{name} is not permitted to log in");
        }
    }

    /// <summary>The role and all it is a member of.</summary>
    internal IEnumerable<Role> Closure(string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>([name]);
        while (left.TryPop(out var next))
        {
            if (seen.Add(next) && Find(next) is { } role)
            {
                yield return role;
                foreach (var parent in role.MemberOf)
                {
                    left.Push(parent);
                }
            }
        }
    }

    private static byte[] Encode(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
