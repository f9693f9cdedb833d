using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ilium.TestKit;

/// <summary>Where the real Cassandra is, or why there is none to run.</summary>
public sealed partial class CassandraHome
{
    private CassandraHome(string folder, string? unavailableReason)
    {
        Folder = folder;
        UnavailableReason = unavailableReason;
    }

    public string Folder { get; }

    public string RingScript => Path.Combine(Folder, "bin", "ring");

    /// <summary>Null when rings can be started.</summary>
    public string? UnavailableReason { get; }

    /// <summary>Looks at CASSANDRA_HOME, else at <c>../shared/cassandra</c> beside the repository, and for what it runs on.</summary>
    public static CassandraHome Find(bool withTls = false)
    {
        var configured = Environment.GetEnvironmentVariable("CASSANDRA_HOME");
        var folder = string.IsNullOrEmpty(configured) ? BesideRepository() : configured;
        return new CassandraHome(folder, Reason(folder, string.IsNullOrEmpty(configured), withTls));
    }

    [GeneratedRegex("version \"(\\d+)")]
    private static partial Regex JavaVersion();

    private static string BesideRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ilium.slnx")))
            {
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "cassandra"));
            }
        }

        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "shared", "cassandra"));
    }

    private static string? Reason(string folder, bool isDefault, bool withTls)
    {
        if (!File.Exists(Path.Combine(folder, "bin", "ring")))
        {
            return $"No real Cassandra: {folder} has no bin/ring. {(isDefault ? "Set CASSANDRA_HOME to a folder that has." : "CASSANDRA_HOME points there.")}";
        }

        var javaHome = Environment.GetEnvironmentVariable("JAVA_HOME");
        var java = string.IsNullOrEmpty(javaHome) ? "java" : Path.Combine(javaHome, "bin", "java");
        if (Output("bash", "--version") is null)
        {
            return "No real Cassandra: bash is needed and not on the PATH.";
        }

        if (Output(java, "-version") is not { } version)
        {
            return $"No real Cassandra: Java 17 is needed and '{java}' does not run.";
        }

        if (JavaVersion().Match(version) is not { Success: true } match || match.Groups[1].Value != "17")
        {
            return $"No real Cassandra: Java 17 is needed, '{java}' says: {version.Split('\n')[0].Trim()}";
        }

        if (withTls && (Output("openssl", "version") is null || Output("keytool", "-help") is null))
        {
            return "No real Cassandra with TLS: openssl and keytool are needed and not both on the PATH.";
        }

        return null;
    }

    private static string? Output(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var text = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
