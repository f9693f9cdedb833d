using Ilium;

namespace WebService;

/// <summary>Makes the keyspace and the table before the service takes requests.</summary>
internal sealed class UserTable(Session session) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            "CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: cancellationToken);
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS shop.users (id uuid PRIMARY KEY, name text, age int)", cancellationToken: cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
