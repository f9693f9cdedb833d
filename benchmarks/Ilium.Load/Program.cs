using Ilium;
using Ilium.Load;

LoadArguments arguments;
try
{
    arguments = LoadArguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{LoadArguments.Usage}");
    return 2;
}

try
{
    var version = (ProtocolVersion?)arguments.Version;
    var options = new ClusterOptions
    {
        ContactPoints = [new ContactPoint(arguments.Host, arguments.Port)],
        ProtocolVersion = version,
        MaxConnectionsPerNode = arguments.Connections ?? new ClusterOptions().MaxConnectionsPerNode,
        MinConnectionsPerNode = arguments.Connections ?? 1,
        Tls = arguments.Tls ? new TlsOptions { DangerousAcceptAnyServerCertificate = true } : null,
    };
    await using var cluster = new Cluster(options);
    var session = await cluster.ConnectAsync();
    if (arguments.Mode == "setup")
    {
        await Workload.SetUpAsync(session);
        Console.WriteLine("The tables bench.one and bench.page are there.");
        return 0;
    }

    var workload = await Workload.PrepareAsync(session, arguments.Mode);
    Console.WriteLine(await new LoadRun(workload, arguments).RunAsync());
    return 0;
}
catch (CassandraException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
