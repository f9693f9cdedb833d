// Serves an embedded Cassandra node on a port until it is interrupted, for any CQL client.
//
//   dotnet run --project samples/EmbeddedServer -- [port] [--login] [--directory path]
//
// The default port is 9042. With --login clients need a user and a password (cassandra, cassandra). With --directory schema and rows are kept there.
using System.Globalization;
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

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    await using var node = await EmbeddedNode.StartAsync(options);
    Console.WriteLine(node.ContactPoint);
    var stopped = new TaskCompletionSource();
    await using var registration = stop.Token.Register(stopped.SetResult);
    await stopped.Task;
    return 0;
}
catch (System.Net.Sockets.SocketException error)
{
    Console.Error.WriteLine($"embedded-server: port {options.Port} can't be used: {error.Message}");
    return 1;
}
