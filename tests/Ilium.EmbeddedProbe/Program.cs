// What the first embedded node of a process costs, where nothing is compiled yet. For one run: the time in milliseconds until it was started, until a session
// was connected, and until a row was written and read; then how many methods had been compiled at each of them, and the time the second node took.
//
//   dotnet run -c Release --project tests/Ilium.EmbeddedProbe
using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Ilium;
using Ilium.Embedded;

var before = Stopwatch.GetTimestamp();
await using var node = await EmbeddedNode.StartAsync();
var started = (Stopwatch.GetElapsedTime(before), JitInfo.GetCompiledMethodCount());

await using var cluster = new Cluster(node.Connect());
var session = await cluster.ConnectAsync();
var connected = (Stopwatch.GetElapsedTime(before), JitInfo.GetCompiledMethodCount());

await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await session.ExecuteAsync("CREATE TABLE shop.users (id uuid PRIMARY KEY, name text)");
await session.ExecuteAsync($"INSERT INTO shop.users (id, name) VALUES ({Guid.NewGuid()}, {"Jane"})");
var name = (await session.ExecuteAsync("SELECT name FROM shop.users")).First().Get<string>(0);
var read = (Stopwatch.GetElapsedTime(before), JitInfo.GetCompiledMethodCount());

before = Stopwatch.GetTimestamp();
await using var second = await EmbeddedNode.StartAsync();
var again = Stopwatch.GetElapsedTime(before);

(TimeSpan Time, long Methods)[] steps = [started, connected, read];
var times = string.Join(' ', steps.Select(step => step.Time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture)));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ms {times} methods {string.Join(' ', steps.Select(step => step.Methods))} second {again.TotalMilliseconds:F2} read {name}"));
