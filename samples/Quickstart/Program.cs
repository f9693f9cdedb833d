// Connects, creates a keyspace and a table, writes a row, reads it back.
//
// Where to connect is read from the environment:
//   CASSANDRA_CONTACT_POINTS   host[:port],...         (without it: a node in this process, which forgets when it ends)
//   CASSANDRA_USERNAME, CASSANDRA_PASSWORD              where the cluster asks for them
//   CASSANDRA_KEYSPACE         my_keyspace              (default)
//   CASSANDRA_TLS_CA           a PEM file with the certificate authority; sets TLS on
//   CASSANDRA_TLS_CERT, CASSANDRA_TLS_KEY               a client certificate, where the cluster asks for one
using Ilium;
using Ilium.Embedded;
using Quickstart;

try
{
    await using var node = QuickstartOptions.HasContactPoints ? null : await EmbeddedNode.StartAsync();
    var options = node is null ? QuickstartOptions.FromEnvironment() : node.Connect();
    var keyspace = Environment.GetEnvironmentVariable("CASSANDRA_KEYSPACE") is { Length: > 0 } name ? name : "my_keyspace";

    await using var cluster = new Cluster(options);
    var session = await cluster.ConnectAsync();

    // A keyspace's name can't be a bind marker; everything else can.
    var replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
    await session.ExecuteAsync(new SimpleStatement("CREATE KEYSPACE IF NOT EXISTS " + QuickstartOptions.Quote(keyspace) + " WITH replication = " + replication));

    var shop = session.WithKeyspace(keyspace);
    await shop.ExecuteAsync("CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, name text, age int)");

    // Holes of an interpolated string become bind markers; the values travel beside the text, never in it.
    await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"John Doe"}, {30})");

    await foreach (var user in shop.QueryAsync<User>($"SELECT name, age FROM users WHERE age > {25} ALLOW FILTERING"))
    {
        Console.WriteLine($"User: {user.Name}, Age: {user.Age}");
    }

    return 0;
}
catch (Exception e)
{
    // Whatever it is: one line, without a stack trace. The driver's messages say what was wrong, where, and what to do.
    Console.Error.WriteLine($"quickstart: {e.Message.ReplaceLineEndings(" ")}");
    return 1;
}

/// <summary>What rows are read into, by code that is generated for it.</summary>
[CqlRow]
internal sealed partial record User(string Name, int Age);
