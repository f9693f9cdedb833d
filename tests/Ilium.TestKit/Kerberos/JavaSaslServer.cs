using System.Diagnostics;

namespace Ilium.TestKit;

/// <summary>The server's side of SASL GSSAPI in a process of Java, whose implementation servers use; see SaslServer.java. Thread-safe.</summary>
public sealed class JavaSaslServer : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();

    /// <param name="realm">Whose service it is.</param>
    /// <param name="protection">What it offers for the messages after the login: auth, auth-int or auth-conf.</param>
    public JavaSaslServer(KerberosRealm realm, string protection = "auth")
    {
        var source = Path.Combine(AppContext.BaseDirectory, "SaslServer.java");
        _process = Process.Start(new ProcessStartInfo(
            "java", [$"-Djava.security.krb5.conf={realm.Configuration}", source, KerberosRealm.Service, realm.ServiceKeys, "localhost", protection])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (_process.StandardOutput.ReadLine() is not "ready")
        {
            throw new InvalidOperationException("The server's side of SASL did not begin; its words are on the error output.");
        }
    }

    /// <summary>What the server answers in a login: "challenge TOKEN", "success AUTHENTICATED AUTHORIZED" or "failure MESSAGE".</summary>
    public string Answer(int login, byte[] token)
    {
        lock (_lock)
        {
            _process.StandardInput.WriteLine($"{login} {Convert.ToBase64String(token)}");
            _process.StandardInput.Flush();
            return _process.StandardOutput.ReadLine() ?? "failure the process has ended";
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
