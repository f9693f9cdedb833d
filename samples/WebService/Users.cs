using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Ilium;

namespace WebService;

/// <summary>What clients send.</summary>
internal sealed record NewUser(string Name, int Age);

/// <summary>What they get.</summary>
internal sealed record User(Guid Id, string Name, int Age);

/// <summary>How both look as JSON; made when compiling, so that the service can be compiled ahead of time.</summary>
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(IAsyncEnumerable<User>))]
internal sealed partial class UserJson : JsonSerializerContext;

/// <summary>The users in the table. One for the whole service: sessions may be kept and shared.</summary>
internal sealed class Users([FromKeyedServices("shop")] Session shop)
{
    public async IAsyncEnumerable<User> AllAsync([EnumeratorCancellation] CancellationToken token)
    {
        await foreach (var row in shop.QueryAsync("SELECT id, name, age FROM users", cancellationToken: token))
        {
            yield return Read(row);
        }
    }

    public async Task<User?> FindAsync(Guid id, CancellationToken token)
    {
        using var rows = await shop.ExecuteAsync($"SELECT id, name, age FROM users WHERE id = {id}", cancellationToken: token);
        return rows.Count == 0 ? null : Read(rows.First());
    }

    public async Task<Guid> AddAsync(NewUser user, CancellationToken token)
    {
        var id = Guid.NewGuid();
        await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({id}, {user.Name}, {user.Age})", cancellationToken: token);
        return id;
    }

    private static User Read(Row row) => new(row.Get<Guid>("id"), row.Get<string>("name"), row.Get<int>("age"));
}
