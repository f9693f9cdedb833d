using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>
/// A Kerberos realm of a test's own: MIT's key distribution center on a port of loopback, with a service <c>dse/localhost</c> and a user <c>alice</c>. Its programs are found under the
/// folder that ILIUM_KERBEROS_HOME names, laid out as Debian's packages are, or where the system has them.
/// </summary>
public sealed class KerberosRealm : IAsyncDisposable
{
    public const string Service = "dse/localhost@ILIUM.TEST";

    private const string Realm = "ILIUM.TEST";

    private readonly Process _center;

    private KerberosRealm(string folder, Process center)
    {
        Folder = folder;
        _center = center;
    }

    /// <summary>Why there can be no realm here; null where there can.</summary>
    public static string? UnavailableReason { get; } =
        Home() is null ? "There is no krb5kdc: install krb5-kdc and krb5-admin-server, or name the folder that they were unpacked into by ILIUM_KERBEROS_HOME." : null;

    public string Folder { get; }

    public string Configuration => Path.Combine(Folder, "krb5.conf");

    public string ServiceKeys => Path.Combine(Folder, "service.keytab");

    /// <summary>What lets a process log in as alice.</summary>
    public IReadOnlyDictionary<string, string> UserEnvironment => new Dictionary<string, string>
    {
        ["KRB5_CONFIG"] = Configuration,
        ["KRB5_CLIENT_KTNAME"] = $"FILE:{Path.Combine(Folder, "alice.keytab")}",
        ["KRB5CCNAME"] = $"FILE:{Path.Combine(Folder, "tickets")}",
    };

    public static async Task<KerberosRealm> StartAsync(CancellationToken cancellationToken)
    {
        var home = Home() ?? throw new InvalidOperationException(UnavailableReason);
        var folder = Directory.CreateTempSubdirectory("ilium-kerberos").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "krb5.conf"),
            $$"""
            [libdefaults]
             default_realm = {{Realm}}
             dns_lookup_realm = false
             dns_lookup_kdc = false
             rdns = false
             dns_canonicalize_hostname = false
             udp_preference_limit = 1
            [realms]
             {{Realm}} = {
              kdc = 127.0.0.1:{{port}}
             }
            [domain_realm]
             localhost = {{Realm}}
            [dbmodules]
             db_module_dir = {{home}}/usr/lib/x86_64-linux-gnu/krb5/plugins/kdb
             {{Realm}} = {
              db_library = db2
             }

            """,
            cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "kdc.conf"),
            $$"""
            [kdcdefaults]
             kdc_listen = 127.0.0.1:{{port}}
             kdc_tcp_listen = 127.0.0.1:{{port}}
            [realms]
             {{Realm}} = {
              database_name = {{folder}}/principal
              key_stash_file = {{folder}}/stash
             }
            [logging]
             kdc = FILE:{{folder}}/kdc.log

            """,
            cancellationToken);
        await RunAsync(home, folder, "kdb5_util", ["create", "-s", "-r", Realm, "-P", "of no use"], cancellationToken);
        foreach (var query in new[]
        {
            "addprinc -randkey dse/localhost", "addprinc -randkey alice", $"ktadd -k {folder}/service.keytab dse/localhost", $"ktadd -k {folder}/alice.keytab alice",
        })
        {
            await RunAsync(home, folder, "kadmin.local", ["-r", Realm, "-q", query], cancellationToken);
        }

        var center = Process.Start(Command(home, folder, "krb5kdc", ["-n", "-r", Realm]))!;
        var realm = new KerberosRealm(folder, center);
        while (!Answers(port))
        {
            if (center.HasExited)
            {
                throw new InvalidOperationException($"krb5kdc ended: {await center.StandardError.ReadToEndAsync(cancellationToken)}");
            }

            await Task.Delay(20, cancellationToken);
        }

        return realm;
    }

    public async ValueTask DisposeAsync()
    {
        _center.Kill();
        await _center.WaitForExitAsync();
        _center.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Home()
    {
        var candidates = new[] { Environment.GetEnvironmentVariable("ILIUM_KERBEROS_HOME"), "" }.OfType<string>();
        return candidates.FirstOrDefault(static home => File.Exists($"{home}/usr/sbin/krb5kdc") && File.Exists($"{home}/usr/sbin/kadmin.local") && File.Exists($"{home}/usr/sbin/kdb5_util"));
    }

    private static ProcessStartInfo Command(string home, string folder, string program, IEnumerable<string> arguments) =>
        new($"{home}/usr/sbin/{program}", arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["KRB5_CONFIG"] = Path.Combine(folder, "krb5.conf"),
                ["KRB5_KDC_PROFILE"] = Path.Combine(folder, "kdc.conf"),
                ["LD_LIBRARY_PATH"] = $"{home}/usr/lib/x86_64-linux-gnu:{home}/lib/x86_64-linux-gnu",
            },
        };

    private static async Task RunAsync(string home, string folder, string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Command(home, folder, program, arguments))!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await error} {output}");
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
