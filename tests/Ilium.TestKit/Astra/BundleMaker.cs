using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ilium.TestKit;

/// <summary>Makes secure connect bundles, good and bad.</summary>
public sealed class BundleMaker
{
    /// <param name="authority">Whom the bundle trusts.</param>
    /// <param name="client">What it has clients show; with its key.</param>
    /// <param name="host">Of the metadata service.</param>
    /// <param name="port">Of the metadata service.</param>
    /// <param name="login">User name and password; null for neither, as in Astra's own.</param>
    public BundleMaker(X509Certificate2 authority, X509Certificate2 client, string host, int port, (string User, string Password)? login = null)
    {
        using var key = client.GetECDsaPrivateKey()!;
        Entries["ca.crt"] = Encoding.UTF8.GetBytes(authority.ExportCertificatePem());
        Entries["cert"] = Encoding.UTF8.GetBytes(client.ExportCertificatePem());
        Entries["key"] = Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem());
        Entries["config.json"] = Encoding.UTF8.GetBytes(
            $$"""
            {"username":"{{login?.User}}","password":"{{login?.Password}}","host":"{{host}}","port":{{port}},"cql_port":29042,"keyspace":"","localDC":"dc1",
            "caCertLocation":"./ca.crt","keyLocation":"./key","certLocation":"./cert","keyStorePassword":"KeyStoreSecret","trustStorePassword":"TrustStoreSecret"}
            """);
        Entries["cqlshrc"] = "[connection]"u8.ToArray();
    }

    /// <summary>What goes into the zip, by name; tests change it.</summary>
    public Dictionary<string, byte[]> Entries { get; } = [];

    public byte[] ToZip()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in Entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
