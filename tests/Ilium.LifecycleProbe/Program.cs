using Ilium;
using Ilium.LifecycleProbe;

// A process of its own, because it ends with a cluster that nobody disposed: Ilium.LifecycleProbe HOST:PORT VERSION.
if (args is not [var contactPoint, var versionText] || !Enum.TryParse<ProtocolVersion>(versionText, out var version))
{
    Console.Error.WriteLine("usage: Ilium.LifecycleProbe HOST:PORT V3|V4|V5");
    return 2;
}

var options = new ClusterOptions { ContactPoints = [contactPoint], ProtocolVersion = version, MinConnectionsPerNode = 2 };
var time = new CountedTime();
var cluster = new Cluster(options with { TimeProvider = time, HeartbeatInterval = TimeSpan.FromMilliseconds(50) });
var session = await cluster.ConnectAsync("system");
await session.ExecuteAsync("SELECT key FROM local");

// The upkeep has run often enough to have sent heartbeats over both connections.
await time.FiredAsync(10);

// And one more is under way while the program ends.
_ = session.ExecuteAsync("SELECT * FROM system_schema.columns").AsTask();
Console.WriteLine("leaving");
return 0;
