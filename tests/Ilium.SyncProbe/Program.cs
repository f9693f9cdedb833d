using System.Security.Cryptography;
using Ilium;
using Ilium.SyncProbe;

// A process of its own, because it takes the whole thread pool away: Ilium.SyncProbe HOST:PORT VERSION. Ends with 0 and "finished" when every verb has come back.
if (args is not [var contactPoint, var versionText] || !Enum.TryParse<ProtocolVersion>(versionText, out var version))
{
    Console.Error.WriteLine("usage: Ilium.SyncProbe HOST:PORT V3|V4|V5");
    return 2;
}

const int Threads = 8;
ThreadPool.SetMinThreads(Threads, Threads);
ThreadPool.SetMaxThreads(Threads, Threads);
var options = new ClusterOptions { ContactPoints = [contactPoint], ProtocolVersion = version, RequestTimeout = TimeSpan.FromSeconds(60), ConnectTimeout = TimeSpan.FromSeconds(60) };
var work = new BlockedPool(Threads);
var keyspace = $"probe{Guid.NewGuid():N}";

using (var setup = new Cluster(options))
{
    var session = setup.Connect();
    session.Execute(new SimpleStatement($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}}"));
    session.Execute(new SimpleStatement($"CREATE TABLE {keyspace}.t (id int, part int, name text, PRIMARY KEY (id, part))"));
    session.Execute(new SimpleStatement($"CREATE TABLE {keyspace}.hidden (id int PRIMARY KEY, name blob)"));
}

// Every thread connects a cluster of its own for the first time, and does everything else with it.
if (!work.Run("a cluster each", thread => Everything.Do(options, keyspace, thread)))
{
    return 1;
}

// Keys of encrypted columns are asked for by a session's first request.
var keys = ColumnKeyProvider.Fixed(new ColumnKeyRing(new ColumnKey(1, SHA256.HashData("key"u8))));
var encrypting = options with { ColumnEncryption = new ColumnEncryption(keys, new EncryptedColumn(keyspace, "hidden", "name", CqlType.Text)) };
if (!work.Run("encrypted columns", thread =>
{
    using var cluster = new Cluster(encrypting);
    var session = cluster.CreateSession(keyspace);
    session.Execute(new SimpleStatement("INSERT INTO hidden (id, name) VALUES (?, ?)", thread, $"name {thread}"));
    if (session.Execute(new SimpleStatement("SELECT name FROM hidden WHERE id = ?", thread)).Single().Get<string>(0) != $"name {thread}")
    {
        throw new InvalidOperationException("Another name came back.");
    }
}))
{
    return 1;
}

// All threads share one cluster, and one of them happens to be the one that connects it.
using (var shared = new Cluster(options))
{
    if (!work.Run("one cluster for all", thread => Everything.Do(shared, keyspace, Threads + thread)))
    {
        return 1;
    }

    shared.Connect().Execute(new SimpleStatement($"DROP KEYSPACE {keyspace}"));
}

Console.WriteLine("finished");
return 0;
