using System.Globalization;
using System.Security.Cryptography;
using Ilium.Connection;

namespace Ilium;

/// <summary>
/// A secure connect bundle of DataStax Astra: where a database says how it is reached, whom to trust, and the client certificate to show. Immutable and safe to
/// share by clusters. Everything stays in memory: no file is written, and each cluster makes certificates of its own, which end with it.
/// </summary>
/// <remarks>
/// A bundle loaded from a path is looked at again for each connection, so that replacing the file is enough to rotate certificates and credentials. While the file is
/// missing or can't be used, what was read last is used, and a warning is logged (id 131). Never prints a key or a password.
/// </remarks>
public sealed class AstraBundle
{
    private readonly byte[] _hash;
    private readonly string? _path;

    private AstraBundle(AstraBundleContent content, byte[] hash, string? path)
    {
        Content = content;
        _hash = hash;
        _path = path;
    }

    /// <summary>The host of the metadata service, which says where the database's nodes are reached.</summary>
    public string MetadataHost => Content.Host;

    /// <summary>The port of the metadata service.</summary>
    public int MetadataPort => Content.Port;

    /// <summary>The user name in the bundle; null where it has no credentials, as those made by Astra have not.</summary>
    public string? Username => Content.Username;

    /// <summary>When the client certificate ends. Astra refuses it afterwards; download a new bundle before.</summary>
    public DateTimeOffset CertificateExpires => Content.Expires;

    internal AstraBundleContent Content { get; }

    /// <summary>Reads a bundle from a file, as it was downloaded: the zip itself, not unpacked.</summary>
    /// <param name="path">The file; looked at again for each connection.</param>
    /// <exception cref="InvalidOptionsException">The file can't be read or is no bundle; the message names the entry in it that is at fault.</exception>
    public static AstraBundle Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load(AstraArchive.ReadFile(path), path);
    }

    /// <summary>Reads a bundle from a stream, from where it stands to its end.</summary>
    /// <param name="stream">The zip, at most 1 MiB; not disposed.</param>
    /// <exception cref="InvalidOptionsException">It is no bundle; the message names the entry in it that is at fault.</exception>
    public static AstraBundle Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(AstraArchive.ReadStream(stream, "the stream"), path: null);
    }

    /// <summary>Reads a bundle from memory, such as what a store of secrets gave.</summary>
    /// <param name="zip">The zip, at most 1 MiB; not kept.</param>
    /// <exception cref="InvalidOptionsException">It is no bundle; the message names the entry in it that is at fault.</exception>
    public static AstraBundle Load(ReadOnlySpan<byte> zip)
    {
        AstraArchive.CheckSize(zip.Length, "the memory given");
        return Load(zip.ToArray(), path: null);
    }

    /// <summary>Where the metadata service is, and when the certificate ends; no secrets.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{nameof(AstraBundle)} {{ MetadataHost = {MetadataHost}, MetadataPort = {MetadataPort}, CertificateExpires = {CertificateExpires:u} }}");

    /// <summary>What the file holds now: this same object while it is unchanged, or not from a file.</summary>
    /// <exception cref="InvalidOptionsException">The file can't be read or is no bundle.</exception>
    internal AstraBundle Reload()
    {
        if (_path is null)
        {
            return this;
        }

        // By its content: times and lengths of links say nothing, and links are how secrets are mounted into containers.
        var zip = AstraArchive.ReadFile(_path);
        return SHA256.HashData(zip).AsSpan().SequenceEqual(_hash) ? this : Load(zip, _path);
    }

    private static AstraBundle Load(byte[] zip, string? path)
    {
        try
        {
            return new AstraBundle(AstraArchive.Read(zip, path is null ? "the bundle" : $"'{path}'"), SHA256.HashData(zip), path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(zip);
        }
    }
}
