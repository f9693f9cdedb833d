// Serves an embedded Cassandra node on a port until it is interrupted, for any CQL client.
//
//   dotnet run --project samples/EmbeddedServer -- [port] [--login] [--directory path]
//
// The default port is 9042; with 0 it takes a free one. Its first line says where it listens. With --login clients need a user and a password
// (cassandra, cassandra). With --directory schema and rows are kept there.
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ilium.Embedded;

var options = new EmbeddedNodeOptions { Port = 9042 };
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--login":
            options = options with { RequireLogin = true };
            break;
        case "--directory" when i + 1 < args.Length:
            options = options with { Directory = args[++i] };
            break;
        case var text when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
            options = options with { Port = port };
            break;
        default:
            Console.Error.WriteLine($"embedded-server: {args[i]} is not understood; usage: EmbeddedServer [port] [--login] [--directory path]");
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
    await using var node = await EmbeddedNode.StartAsync(options);
    Console.WriteLine(node.ContactPoint);
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
