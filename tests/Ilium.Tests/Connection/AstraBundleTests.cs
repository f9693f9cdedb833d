using System.IO.Compression;
using System.Text;
using Ilium.TestKit;

namespace Ilium.Tests.Connection;

public sealed class AstraBundleTests : IDisposable
{
    private const string Secret = "PasswordInTheBundle";

    private readonly TestCertificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ilium-bundle").FullName;
    private readonly BundleMaker _maker;

    public AstraBundleTests()
    {
        _maker = new BundleMaker(_certificates.Authority, _certificates.Client(), "metadata.example", 29080, ("app", Secret));
    }

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_bundle_is_read_from_a_path_a_stream_or_memory_and_leaves_no_file()
    {
        var zip = _maker.ToZip();
        var path = Write("bundle.zip", zip);
        using var stream = new MemoryStream([1, 2, 3, .. zip]) { Position = 3 };
        foreach (var bundle in new[] { AstraBundle.Load(path), AstraBundle.Load(stream), AstraBundle.Load(zip) })
        {
            Assert.Equal(("metadata.example", 29080, "app"), (bundle.MetadataHost, bundle.MetadataPort, bundle.Username));
            using var client = bundle.Content.CreateClientCertificates()[0];
            Assert.Equal("CN=client", client.Subject);
            Assert.True(client.HasPrivateKey);
            Assert.Equal(client.NotAfter.ToUniversalTime(), bundle.CertificateExpires.UtcDateTime);
            Assert.Equal(Secret, bundle.Content.Password);
        }

        Assert.True(stream.CanRead);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Secrets_are_in_no_text()
    {
        var bundle = AstraBundle.Load(_maker.ToZip());
        var options = new ClusterOptions { Astra = bundle, AuthProvider = PlainTextAuthProvider.ForAstra("AstraCS:TokenOfTheApplication") };
        Assert.Equal(
            $"AstraBundle {{ MetadataHost = metadata.example, MetadataPort = 29080, CertificateExpires = {bundle.CertificateExpires:u} }}", bundle.ToString());
        var text = options.ToString();
        Assert.Contains("AstraBundle { MetadataHost", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("TokenOfTheApplication", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("ca.crt")]
    [InlineData("cert")]
    [InlineData("key")]
    public void A_missing_entry_is_named_and_so_is_what_is_there(string name)
    {
        _maker.Entries.Remove(name);
        var fault = Fault(_maker.ToZip());
        Assert.StartsWith($"The entry '{name}' of the Astra bundle in the bundle is missing; there is '", fault, StringComparison.Ordinal);
        Assert.Contains("'cqlshrc'", fault, StringComparison.Ordinal);
        Assert.EndsWith(": download the bundle again, and give the zip as it is.", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_missing_entries_are_named_at_once()
    {
        _maker.Entries.Clear();
        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(_maker.ToZip()));
        Assert.Equal(4, error.Faults.Count);
        Assert.All(error.Faults, fault => Assert.Contains("is missing; there is nothing", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_bundle_that_was_packed_anew_with_its_folder_says_so()
    {
        var entries = _maker.Entries.ToArray();
        _maker.Entries.Clear();
        foreach (var (name, bytes) in entries)
        {
            _maker.Entries[$"secure-connect-db/{name}"] = bytes;
        }

        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(_maker.ToZip()));
        Assert.Contains("is missing; there is one in a folder ('secure-connect-db/config.json'), as in a zip that was packed anew", error.Faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not the JSON it should be (line 1)")]
    [InlineData("{\"host\": \"h\",\n \"password\": \"PasswordInTheBundle\", oops", "is not the JSON it should be (line 2)")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{}", "has no 'host'")]
    [InlineData("{\"host\": 7}", "has a 'host' that is no text")]
    [InlineData("{\"host\": \"a host\", \"port\": 1}", "has a 'host' that is no host name")]
    [InlineData("{\"host\": \"evil.example/?\", \"port\": 1}", "has a 'host' that is no host name")]
    [InlineData("{\"host\": \"h\"}", "has no 'port' from 1 to 65535")]
    [InlineData("{\"host\": \"h\", \"port\": 0}", "has no 'port' from 1 to 65535")]
    [InlineData("{\"host\": \"h\", \"port\": \"29080\"}", "has no 'port' from 1 to 65535")]
    [InlineData("{\"host\": \"h\", \"port\": 70000}", "has no 'port' from 1 to 65535")]
    [InlineData("{\"host\": \"h\", \"port\": 1, \"password\": [\"PasswordInTheBundle\"]}", "has a 'password' that is no text")]
    public void A_bad_configuration_says_what_is_wrong_and_shows_no_secret(string config, string what)
    {
        _maker.Entries["config.json"] = Encoding.UTF8.GetBytes(config);
        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(_maker.ToZip()));
        Assert.StartsWith($"The entry 'config.json' of the Astra bundle in the bundle {what}: download", Assert.Single(error.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca.crt", "holds no certificate in PEM form")]
    [InlineData("cert", "can't be used (")]
    [InlineData("key", "can't be used (")]
    public void A_certificate_that_is_none_is_named(string name, string what)
    {
        _maker.Entries[name] = "nothing of the kind"u8.ToArray();
        var fault = Fault(_maker.ToZip());
        Assert.StartsWith($"The entry '{(name == "ca.crt" ? "ca.crt" : "cert' and 'key")}' of the Astra bundle in the bundle {what}", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var other = new BundleMaker(_certificates.Authority, _certificates.Client("other"), "metadata.example", 29080);
        _maker.Entries["key"] = other.Entries["key"];
        Assert.Contains("'cert' and 'key'", Fault(_maker.ToZip()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_zip_or_is_cut_short_says_so()
    {
        var zip = _maker.ToZip();
        foreach (var bytes in new[] { [], "PK but no zip"u8.ToArray(), zip[..^30], zip[(zip.Length / 2)..] })
        {
            var fault = Fault(bytes);
            Assert.StartsWith("The Astra bundle in the bundle is no zip, or is cut short (", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_damage_to_a_zip_ends_in_anything_but_a_fault_or_a_bundle()
    {
        var zip = _maker.ToZip();
        var random = new Random(20261128);
        for (var round = 0; round < 500; round++)
        {
            var damaged = zip.ToArray();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                AstraBundle.Load(damaged);
            }
            catch (InvalidOptionsException e)
            {
                Assert.NotEmpty(e.Faults);
            }
        }
    }

    [Theory]
    [InlineData("cert")]
    [InlineData("config.json")]
    public void An_entry_that_unpacks_to_gigabytes_is_not_unpacked(string name)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entry, bytes) in _maker.Entries)
            {
                using var content = archive.CreateEntry(entry, CompressionLevel.SmallestSize).Open();
                if (entry == name)
                {
                    // 256 MB of zeroes in 256 KB.
                    var zeroes = new byte[1024 * 1024];
                    for (var i = 0; i < 256; i++)
                    {
                        content.Write(zeroes);
                    }
                }

                content.Write(bytes);
            }
        }

        var zip = stream.ToArray();
        Assert.True(zip.Length < 1024 * 1024, "The zip is too large to try this.");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Fault(zip);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
        Assert.StartsWith($"The entry '{name}' of the Astra bundle in the bundle has more than 256 KiB", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_read_whole()
    {
        var large = new byte[1024 * 1024 + 1];
        Assert.StartsWith("The Astra bundle in the memory given has more than 1024 KiB", Fault(large), StringComparison.Ordinal);
        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(new EndlessStream()));
        Assert.StartsWith("The Astra bundle in the stream has more than 1024 KiB", error.Faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_of_too_many_entries_or_with_one_twice_is_refused()
    {
        for (var i = 0; i < 300; i++)
        {
            _maker.Entries[$"entry{i}"] = [];
        }

        Assert.StartsWith("The Astra bundle in the bundle has 305 entries, where real ones have ten", Fault(_maker.ToZip()), StringComparison.Ordinal);

        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in _maker.Entries.Take(5).Append(_maker.Entries.First(entry => entry.Key == "key")))
            {
                using var content = archive.CreateEntry(name).Open();
                content.Write(bytes);
            }
        }

        Assert.StartsWith("The entry 'key' of the Astra bundle in the bundle is there more than once", Fault(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_with_a_password_says_so()
    {
        // The first bit of the flags of an entry, which come twice: in its own header and in the directory.
        var zip = _maker.ToZip();
        for (var i = 0; i + 10 < zip.Length; i++)
        {
            if (zip.AsSpan(i, 4) is [0x50, 0x4b, 3, 4])
            {
                zip[i + 6] |= 1;
            }
            else if (zip.AsSpan(i, 4) is [0x50, 0x4b, 1, 2])
            {
                zip[i + 8] |= 1;
            }
        }

        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(zip));
        Assert.Equal(4, error.Faults.Count);
        Assert.All(error.Faults, fault => Assert.Contains("is protected by a password", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_path_that_leads_to_no_file_says_so()
    {
        var missing = Path.Combine(_folder, "missing.zip");
        var error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(missing));
        Assert.StartsWith($"The Astra bundle '{missing}' can't be read: ", error.Faults[0], StringComparison.Ordinal);
        error = Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(_folder));
        Assert.Equal(
            $"The Astra bundle '{_folder}' is a folder: give the zip itself, not unpacked (some browsers unpack what they download).", error.Faults[0]);
    }

    [Fact]
    public void What_only_the_bundle_may_say_is_refused_beside_it()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => new Cluster(new ClusterOptions
        {
            Astra = AstraBundle.Load(_maker.ToZip()),
            ContactPoints = ["127.0.0.1"],
            Tls = new TlsOptions(),
            AddressTranslator = new SameAddress(),
        }));
        Assert.Equal(
            [
                "ContactPoints is set beside Astra, whose bundle says where the database is: leave it out.",
                "Tls is set beside Astra, whose bundle has the certificates: leave it out.",
                "AddressTranslator is set beside Astra, whose nodes are all reached through one proxy: leave it out.",
            ],
            error.Faults);
    }

    [Fact]
    public void A_connection_string_names_bundle_and_token()
    {
        var path = Write("bundle.zip", _maker.ToZip());
        using var cluster = Cluster.Parse($"Astra Bundle={path};Astra Token=AstraCS:secret;Consistency=ONE");
        Assert.Equal("metadata.example", cluster.Options.Astra!.MetadataHost);
        Assert.Equal("PlainTextAuthProvider { Username = token }", cluster.Options.AuthProvider!.ToString());
        Assert.Equal(ConsistencyLevel.One, cluster.Options.Consistency);

        Assert.Equal(
            ["ContactPoints is set beside Astra, whose bundle says where the database is: leave it out."], Faults($"Astra Bundle={path};Contact Points=node1"));
        Assert.Equal(
            ["Astra Token takes the place of Username and Password: give the token only, or both of the others."],
            Faults($"Astra Bundle={path};Astra Token=AstraCS:secret;Username=app;Password=secret"));
        Assert.StartsWith($"The Astra bundle '{path}.not' can't be read: ", Assert.Single(Faults($"Astra Bundle={path}.not;Astra Token=AstraCS:secret")), StringComparison.Ordinal);
        Assert.DoesNotContain(Faults($"Astra Bundle={path};Astra Token=AstraCS:one;two=three"), fault => fault.Contains("two", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cluster_is_made_of_a_path_and_a_token()
    {
        var path = Write("bundle.zip", _maker.ToZip());
        using var cluster = Cluster.ForAstra(path, "AstraCS:secret");
        Assert.Equal("metadata.example", cluster.Options.Astra!.MetadataHost);
        Assert.Equal("PlainTextAuthProvider { Username = token }", cluster.Options.AuthProvider!.ToString());
        Assert.Equal(ConsistencyLevel.LocalOne, cluster.Options.Consistency);
    }

    private static string Fault(byte[] zip) => Assert.Single(Assert.Throws<InvalidOptionsException>(() => AstraBundle.Load(zip)).Faults);

    private static IReadOnlyList<string> Faults(string text) => Assert.Throws<InvalidOptionsException>(() => Cluster.Parse(text)).Faults;

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private sealed class SameAddress : AddressTranslator
    {
        public override System.Net.EndPoint Translate(System.Net.IPEndPoint address) => address;
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
