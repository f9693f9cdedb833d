using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Ilium.TestKit;

/// <summary>
/// A real Cassandra ring on loopback. Starting one node takes about nine seconds and 0.8 GB; disposing always takes it down, as does the end of the process,
/// and a start that fails leaves nothing behind. Nodes count from 1.
/// </summary>
public sealed class RingServer : IAsyncDisposable
{
    private readonly string _script;
    private readonly SubnetClaim _subnet;
    private readonly PosixSignalRegistration[] _signals;
    private int _down;

    private RingServer(string script, RingOptions options, SubnetClaim subnet, string folder)
    {
        _script = script;
        _subnet = subnet;
        Options = options;
        Folder = folder;

        // .NET 10 no longer turns these signals into an orderly exit, so ProcessExit alone would miss them.
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)];
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public RingOptions Options { get; }

    /// <summary>Where the ring keeps its files, under ILIUM_RING_FOLDER or else the temporary folder; gone after disposal.</summary>
    public string Folder { get; }

    /// <summary>Address and port of each node that the ring started with.</summary>
    public IReadOnlyList<IPEndPoint> ContactPoints { get; private set; } = [];

    /// <summary>Holds ca.pem, client.pem and client.key when the ring speaks TLS.</summary>
    public string TlsFolder => Path.Combine(Folder, "tls");

    /// <summary>Why no ring with these options can be started here; null when one can. Tests skip with this text.</summary>
    public static string? UnavailableReason(RingOptions options) => CassandraHome.Find(options.Tls || options.Mtls).UnavailableReason;

    /// <summary>Starts a ring and returns once all its nodes answer.</summary>
    public static async Task<RingServer> StartAsync(RingOptions options, CancellationToken cancellationToken = default)
    {
        var home = CassandraHome.Find(options.Tls || options.Mtls);
        if (home.UnavailableReason is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        var subnet = SubnetClaim.Take(options.Subnet);
        var parent = Environment.GetEnvironmentVariable("ILIUM_RING_FOLDER") is { Length: > 0 } given ? given : Path.GetTempPath();
        var folder = Path.Combine(parent, $"ilium-ring-{subnet.Subnet}-{Guid.NewGuid():N}");
        var ring = new RingServer(home.RingScript, options, subnet, folder);
        try
        {
            var output = await ring.RunAsync(["up", folder, .. options.Arguments(subnet.Subnet)], cancellationToken);
            ring.ContactPoints = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(IPEndPoint.Parse)];
            if (ring.ContactPoints.Count != options.Nodes)
            {
                throw new InvalidOperationException($"The ring has other nodes than asked for: {output}");
            }

            await ring.UntilAllAreUpForAllAsync(cancellationToken);
            return ring;
        }
        catch
        {
            await ring.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a stopped or killed node and returns once it answers.</summary>
    public Task StartNodeAsync(int node, CancellationToken cancellationToken = default) => RunAsync(["start", Folder, $"{node}"], cancellationToken);

    /// <summary>Starts those of the first <see cref="RingOptions.Nodes"/> that do not run and returns once all answer.</summary>
    public Task StartNodesAsync(CancellationToken cancellationToken = default) => RunAsync(["start", Folder, .. FirstNodes()], cancellationToken);

    /// <summary>Stops a node in good order and returns once it is gone.</summary>
    public Task StopNodeAsync(int node, CancellationToken cancellationToken = default) => RunAsync(["stop", Folder, $"{node}"], cancellationToken);

    /// <summary>Kills a node, without any good-bye.</summary>
    public Task KillNodeAsync(int node, CancellationToken cancellationToken = default) => RunAsync(["kill", Folder, $"{node}"], cancellationToken);

    /// <summary>Kills the first <see cref="RingOptions.Nodes"/>, all at once.</summary>
    public Task KillNodesAsync(CancellationToken cancellationToken = default) => RunAsync(["kill", Folder, .. FirstNodes()], cancellationToken);

    /// <summary>Freezes a node: its sockets stay open and nothing answers. Returns once every thread of it stands still.</summary>
    public async Task PauseAsync(int node, CancellationToken cancellationToken = default)
    {
        await RunAsync(["pause", Folder, $"{node}"], cancellationToken);

        // The signal has only been sent: a thread that runs may still answer a request. Nothing tells when the last one has stopped, so look.
        var process = await File.ReadAllTextAsync(Path.Combine(Folder, $"node{node}", "pid"), cancellationToken);
        while (Directory.GetDirectories($"/proc/{process.Trim()}/task").Any(IsRunning))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Ends <see cref="PauseAsync"/>.</summary>
    public Task ResumeAsync(int node, CancellationToken cancellationToken = default) => RunAsync(["resume", Folder, $"{node}"], cancellationToken);

    /// <summary>Bootstraps one more node and returns its address.</summary>
    public async Task<IPEndPoint> AddNodeAsync(string? dataCenter = null, string? rack = null, CancellationToken cancellationToken = default)
    {
        string[] place = [.. dataCenter is null ? [] : new[] { "--dc", dataCenter }, .. rack is null ? [] : new[] { "--rack", rack }];
        return IPEndPoint.Parse((await RunAsync(["add", Folder, .. place], cancellationToken)).Trim());
    }

    /// <summary>
    /// Starts an empty node in the place of one that was stopped and that the others take for down: at its address, with its tokens and, as servers do that replace one at
    /// their own address, its host id. It takes from the others the data they have for it. Returns once it answers.
    /// </summary>
    public async Task ReplaceNodeAsync(int node, CancellationToken cancellationToken = default)
    {
        var folder = Path.Combine(Folder, $"node{node}");
        Directory.Delete(Path.Combine(folder, "data"), recursive: true);
        Directory.CreateDirectory(Path.Combine(folder, "data"));

        // What a node of a fresh ring is told, and one that replaces another must not be: its tokens are the other's, and it does take data.
        var settings = Path.Combine(folder, "conf", "cassandra.yaml");
        var lines = await File.ReadAllLinesAsync(settings, cancellationToken);
        await File.WriteAllLinesAsync(
            settings,
            lines.Where(static line => !line.StartsWith("auto_bootstrap:", StringComparison.Ordinal) && !line.StartsWith("initial_token:", StringComparison.Ordinal)),
            cancellationToken);
        string[] start = ["start", Folder, $"{node}"];
        var options = $"-Dcassandra.replace_address_first_boot=127.0.{_subnet.Subnet}.{node}";
        // A server gives up when no other answers it within its ring delay, which is short here. It may be started again as it was, and then gets longer.
        TimeSpan?[] ringDelays = [null, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)];
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await RunAsync(start, cancellationToken, options, ringDelays[attempt]);
                return;
            }
            catch (InvalidOperationException e) when (attempt + 1 < ringDelays.Length && e.Message.Contains("Unable to contact any seeds", StringComparison.Ordinal))
            {
                // Once more.
            }
        }
    }

    /// <summary>Streams a node's data away and stops it for good.</summary>
    public Task DecommissionAsync(int node, CancellationToken cancellationToken = default) => RunAsync(["decommission", Folder, $"{node}"], cancellationToken);

    /// <summary>Runs nodetool against a node and returns what it prints.</summary>
    public Task<string> NodetoolAsync(int node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) =>
        RunAsync(["nodetool", Folder, $"{node}", .. arguments], cancellationToken);

    /// <summary>The node's system log so far.</summary>
    public string Log(int node)
    {
        var path = Path.Combine(Folder, $"node{node}", "log", "system.log");
        if (!File.Exists(path))
        {
            return string.Empty;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    /// <summary>Kills the nodes and removes the folder. Never cancelled, never throws for a ring that is down already.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (Interlocked.Exchange(ref _down, 1) == 0)
        {
            using (var down = Process.Start(Down()))
            {
                await down!.WaitForExitAsync();
            }

            RemoveFolder();
            _subnet.Dispose();
        }

        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    // "pid (name) state ..." of proc(5); a thread that has ended meanwhile doesn't run.
    private static bool IsRunning(string thread)
    {
        try
        {
            var status = File.ReadAllText(Path.Combine(thread, "stat"));
            return status[status.LastIndexOf(')') + 2] is not ('T' or 't' or 'Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits until each node takes each of the others for up. A node that answers may not be known to them yet: they would not tell it of a new schema, for which it
    /// then asks a minute later.
    /// </summary>
    private async Task UntilAllAreUpForAllAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        for (var node = 1; Options.Nodes > 1 && node <= Options.Nodes; node++)
        {
            while ((await NodetoolAsync(node, ["status"], patience.Token)).Split('\n').Count(static line => line.StartsWith("UN ", StringComparison.Ordinal)) < Options.Nodes)
            {
            }
        }
    }

    private IEnumerable<string> FirstNodes() => Enumerable.Range(1, Options.Nodes).Select(static node => $"{node}");

    private ProcessStartInfo Down() => new("bash", ["-c", "\"$0\" down \"$1\" >/dev/null 2>&1", _script, Folder]);

    private void OnSignal(PosixSignalContext context) => OnProcessExit(null, EventArgs.Empty);

    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _down, 1) == 0)
        {
            using var down = Process.Start(Down());
            down!.WaitForExit();
            RemoveFolder();
        }
    }

    // What `down` leaves: the folder of a ring whose start was interrupted before it was laid out.
    private void RemoveFolder()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken, string? javaOptions = null, TimeSpan? ringDelay = null)
    {
        var start = new ProcessStartInfo("bash", [_script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (javaOptions is not null || Options.JavaOptions.Length > 0)
        {
            // Every Java process takes options from this variable, however it is started.
            start.Environment["JAVA_TOOL_OPTIONS"] = $"{Options.JavaOptions} {javaOptions}".Trim();
        }

        if (Options.StartsLightly)
        {
            start.Environment["RING_JIT"] = "1";
        }

        if (ringDelay is { } delay)
        {
            start.Environment["RING_DELAY_MS"] = delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        }

        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"ring {string.Join(' ', arguments)} failed ({process.ExitCode}): {await error} {output}");
        }
        catch (OperationCanceledException)
        {
            // With what it has started: a node whose number the script hasn't noted yet would be out of reach of `ring down`.
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
