using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Ilium.Connection;

/// <summary>
/// Reads a bundle's zip in memory. The bundles that Astra makes hold about 12 KB in ten entries, of which four matter: config.json, ca.crt, cert and key. Sizes that
/// a zip claims are not believed: reading stops at a bound.
/// </summary>
internal static class AstraArchive
{
    internal const int LargestZip = 1024 * 1024;
    internal const int LargestEntry = 256 * 1024;
    internal const int MostEntries = 256;

    private const string Advice = "download the bundle again, and give the zip as it is";

    /// <exception cref="InvalidOptionsException">It can't be read, or is too large.</exception>
    internal static byte[] ReadFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw Fault($"The Astra bundle '{path}' is a folder: give the zip itself, not unpacked (some browsers unpack what they download).");
        }

        try
        {
            // Whoever replaces the file is not hindered.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadStream(file, $"'{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Fault($"The Astra bundle '{path}' can't be read: {e.Message}", e);
        }
    }

    /// <exception cref="InvalidOptionsException">It is too large.</exception>
    internal static byte[] ReadStream(Stream stream, string source)
    {
        var buffer = new byte[LargestZip + 1];
        try
        {
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            CheckSize(length, source);
            return buffer[..length];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <exception cref="InvalidOptionsException">It is too large.</exception>
    internal static void CheckSize(int length, string source)
    {
        if (length > LargestZip)
        {
            throw Fault($"The Astra bundle in {source} has more than {LargestZip / 1024} KiB, where real ones have some ten: is it another file?");
        }
    }

    /// <exception cref="InvalidOptionsException">With a fault for each entry that is missing or can't be used.</exception>
    internal static AstraBundleContent Read(byte[] zip, string source)
    {
        var faults = new List<string>();
        Exception? first = null;
        string? config = null, authorities = null, certificate = null, key = null;
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip, writable: false), ZipArchiveMode.Read);
            // The directory is read here: a zip that is cut short fails now.
            if (archive.Entries.Count > MostEntries)
            {
                throw Fault($"The Astra bundle in {source} has {archive.Entries.Count} entries, where real ones have ten: is it another zip?");
            }

            config = Text("config.json");
            authorities = Text("ca.crt");
            certificate = Text("cert");
            key = Text("key");

            string? Text(string name)
            {
                try
                {
                    return ReadEntry(archive, name);
                }
                catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
                {
                    first ??= e is BundleEntryException ? null : e;
                    faults.Add($"The entry '{name}' of the Astra bundle in {source} {(e is BundleEntryException ? e.Message : $"can't be read ({e.Message})")}: {Advice}.");
                    return null;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            throw Fault($"The Astra bundle in {source} is no zip, or is cut short ({e.Message}): {Advice}.", e);
        }

        var content = Assemble(config, authorities, certificate, key);
        return faults.Count == 0 ? content! : throw new InvalidOptionsException(faults, first);

        AstraBundleContent? Assemble(string? config, string? authorities, string? certificate, string? key)
        {
            var (host, port, username, password) = config is null ? default : Try("config.json", () => Configuration(config));
            _ = authorities is null ? 0 : Try("ca.crt", () => CheckAuthorities(authorities));
            var expires = certificate is null || key is null ? default : Try("cert' and 'key", () => CheckClient(certificate, key));
            return faults.Count > 0 ? null : new AstraBundleContent
            {
                Host = host!,
                Port = port,
                Username = username,
                Password = password,
                Authorities = authorities!,
                Certificate = certificate!,
                Key = key!,
                Expires = expires,
            };
        }

        T? Try<T>(string name, Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e
                is InvalidDataException or JsonException or CryptographicException or ArgumentException or InvalidOperationException or FormatException or NotSupportedException)
            {
                // What is at fault may be a secret, and the JSON reader quotes what it reads.
                var why = e switch
                {
                    JsonException json => string.Create(CultureInfo.InvariantCulture, $"is not the JSON it should be (line {json.LineNumber + 1})"),
                    InvalidDataException => e.Message,
                    _ => $"can't be used ({e.Message})",
                };
                faults.Add($"The entry '{name}' of the Astra bundle in {source} {why}: {Advice}.");
                return default;
            }
        }
    }

    private static string ReadEntry(ZipArchive archive, string name)
    {
        var entries = archive.Entries.Where(entry => entry.FullName == name).ToArray();
        if (entries is not [var entry])
        {
            var folded = archive.Entries.FirstOrDefault(other => other.Name == name);
            throw new BundleEntryException(
                entries.Length > 1 ? "is there more than once"
                : folded is not null ? $"is missing; there is one in a folder ('{Printable(folded.FullName)}'), as in a zip that was packed anew"
                : $"is missing; there is {(archive.Entries.Count == 0 ? "nothing" : string.Join(", ", archive.Entries.Take(20).Select(static other => $"'{Printable(other.FullName)}'")))}");
        }

        if (entry.IsEncrypted)
        {
            throw new BundleEntryException("is protected by a password, which bundles from Astra are not");
        }

        using var stream = entry.Open();
        var buffer = new byte[LargestEntry + 1];
        try
        {
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= LargestEntry
                ? Encoding.UTF8.GetString(buffer.AsSpan(0, length))
                : throw new BundleEntryException($"has more than {LargestEntry / 1024} KiB");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static (string Host, int Port, string? Username, string? Password) Configuration(string config)
    {
        using var document = JsonDocument.Parse(config);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException("is not a JSON object");
        }

        var host = String(document.RootElement, "host");
        if (string.IsNullOrEmpty(host))
        {
            throw new InvalidDataException("has no 'host'");
        }

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new InvalidDataException("has a 'host' that is no host name");
        }

        if (!document.RootElement.TryGetProperty("port", out var said) || said.ValueKind != JsonValueKind.Number || !said.TryGetInt32(out var port) || port is < 1 or > ushort.MaxValue)
        {
            throw new InvalidDataException("has no 'port' from 1 to 65535");
        }

        var username = String(document.RootElement, "username");
        var password = String(document.RootElement, "password");
        return string.IsNullOrEmpty(username) || string.IsNullOrEmpty(password) ? (host, port, null, null) : (host, port, username, password);

        static string? String(JsonElement element, string name) =>
            !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw new InvalidDataException($"has a '{name}' that is no text");
    }

    private static int CheckAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        foreach (var authority in authorities)
        {
            authority.Dispose();
        }

        return authorities.Count > 0 ? authorities.Count : throw new InvalidDataException("holds no certificate in PEM form");
    }

    private static DateTimeOffset CheckClient(string certificate, string key)
    {
        using var parsed = X509Certificate2.CreateFromPem(certificate, key);
        return parsed.NotAfter.ToUniversalTime();
    }

    private static string Printable(string name) =>
        string.Concat(name.Take(100).Select(static c => char.IsControl(c) ? '?' : c));

    private static InvalidOptionsException Fault(string fault, Exception? cause = null) => new([fault], cause);

    /// <summary>Says itself what is wrong with an entry.</summary>
    private sealed class BundleEntryException(string message) : IOException(message);
}
