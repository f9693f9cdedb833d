// Serves an embedded Cassandra node on a port until it is interrupted, for any CQL client.
//
//   dotnet run --project samples/EmbeddedServer -- [port] [--nodes count] [--login] [--directory path]
//
// The default port is 9042; with 0 it takes a free one. Its first line says where it listens. With --nodes there are several, in racks of their own, at
// 127.0.0.1, 127.0.0.2 and so on, on one port, since there are drivers that know no more than that. With --login clients need a user and a password
// (cassandra, cassandra). With --directory schema and rows are kept there.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ilium.Embedded;

var options = new EmbeddedNodeOptions { Port = 9042 };
var count = 1;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--login":
            options = options with { RequireLogin = true };
            break;
        case "--nodes" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var nodes) && nodes is > 0 and < 255:
            count = nodes;
            i++;
            break;
        case "--directory" when i + 1 < args.Length:
            options = options with { Directory = args[++i] };
            break;
        case var text when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
            options = options with { Port = port };
            break;
        default:
            Console.Error.WriteLine($"embedded-server: {args[i]} is not understood; usage: EmbeddedServer [port] [--nodes count] [--login] [--directory path]");
            return 1;
    }
}

// Interrupted by a key or told to end, it stops in order, and saves what it holds where it has a directory.
var stopped = new TaskCompletionSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    if (count > 1 && options.Port == 0)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        options = options with { Port = ((IPEndPoint)probe.LocalEndpoint).Port };
    }

    await using var nodes = await EmbeddedCluster.StartAsync(
        Enumerable.Range(1, count).Select(i => options with { Rack = $"rack{i}", Address = new IPAddress([127, 0, 0, (byte)i]) }));
    foreach (var node in nodes.Nodes)
    {
        Console.WriteLine(node.ContactPoint);
    }

    await stopped.Task;
    return 0;
}
catch (SocketException error)
{
    Console.Error.WriteLine($"embedded-server: port {options.Port} can't be used: {error.Message}");
    return 1;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"embedded-server: the directory {options.Directory} can't be used: {error.Message}");
    return 1;
}
