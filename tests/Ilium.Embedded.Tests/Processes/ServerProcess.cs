using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ilium.Embedded.Tests.Processes;

/// <summary>samples/EmbeddedServer as a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;

    private ServerProcess(Process process, string contactPoint)
    {
        _process = process;
        ContactPoint = contactPoint;
    }

    /// <summary>Where it listens: the first line it prints.</summary>
    internal string ContactPoint { get; }

    internal static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", ProgramRun.PathOf("EmbeddedServer"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        try
        {
            var contactPoint = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            return new ServerProcess(process, contactPoint ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Ends it as a machine that loses its power does.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end, as service managers and containers do, and gives its exit code. Not on Windows.</summary>
    internal async Task<int> TerminateAsync()
    {
        Assert.Equal(0, Kill(_process.Id, SigTerm));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
