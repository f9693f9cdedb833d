using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ilium.Extensions.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void A_section_says_what_a_connection_string_says_and_how_the_application_starts()
    {
        var options = Read("""
            {
              "Cassandra": {
                "ContactPoints": [ "n0", "n1:9043", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10" ],
                "localDatacenter": "dc1",
                "Keyspace": "shop",
                "Username": "app",
                "Password": "a;b='\"c",
                "RequestTimeout": "00:00:03.5",
                "ConnectTimeout": "750ms",
                "HeartbeatInterval": 20,
                "PageSize": 100,
                "ThrowOnOverload": true,
                "Consistency": "LOCAL_QUORUM",
                "Tls": { "TargetHost": "cassandra.example" },
                "WarmUp": "optional",
                "WarmUpTimeout": "00:01:00"
              }
            }
            """);
        Assert.Equal(["n0", "n1:9043", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10"], options.Cluster.ContactPoints.Select(point => point.ToString()));
        Assert.Equal("dc1", options.Cluster.LocalDatacenter);
        Assert.Equal("shop", options.Cluster.Keyspace);
        Assert.IsType<PlainTextAuthProvider>(options.Cluster.AuthProvider);
        Assert.Equal(TimeSpan.FromSeconds(3.5), options.Cluster.RequestTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(750), options.Cluster.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Cluster.HeartbeatInterval);
        Assert.Equal(100, options.Cluster.PageSize);
        Assert.True(options.Cluster.ThrowOnOverload);
        Assert.Equal(ConsistencyLevel.LocalQuorum, options.Cluster.Consistency);
        Assert.Equal("cassandra.example", options.Cluster.Tls!.TargetHost);
        Assert.Equal(WarmUpMode.Optional, options.WarmUp);
        Assert.Equal(TimeSpan.FromMinutes(1), options.WarmUpTimeout);
    }

    [Fact]
    public void Keys_beside_a_connection_string_come_on_top_of_it()
    {
        var options = Read("""
            { "Cassandra": { "ConnectionString": "Contact Points=a,b;Page Size=7;Local Datacenter=dc1", "pagesize": "8", "Consistency": "One" } }
            """).Cluster;
        Assert.Equal(["a", "b"], options.ContactPoints.Select(point => point.ToString()));
        Assert.Equal(8, options.PageSize);
        Assert.Equal("dc1", options.LocalDatacenter);
        Assert.Equal(ConsistencyLevel.One, options.Consistency);
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_the_sections_path_and_without_the_password()
    {
        var thrown = Assert.Throws<InvalidOptionsException>(() => Read("""
            {
              "Cassandra": {
                "Password": "hidden", "RequestTimeout": "soon", "Colour": "red", "Tls": { "CaFile": "/none.pem" },
                "WarmUp": "1", "WarmUpTimeout": "soon"
              }
            }
            """));
        Assert.All(thrown.Faults, fault => Assert.StartsWith("Configuration section 'Cassandra': ", fault, StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Configuration section 'Cassandra': WarmUp is '1': it is one of Required, Optional, None.", thrown.Faults);
        Assert.Contains("Configuration section 'Cassandra': WarmUpTimeout is 'soon': it is a number of seconds, or a time such as 00:00:30.", thrown.Faults);
        Assert.Contains("Configuration section 'Cassandra': Password is given without Username: give both.", thrown.Faults);
        Assert.Contains(thrown.Faults, fault => fault.Contains("/none.pem", StringComparison.Ordinal));
        Assert.Contains(thrown.Faults, fault => fault.Contains("ContactPoints is empty", StringComparison.Ordinal));
        Assert.Contains(thrown.Faults, fault => fault.Contains("Request Timeout cannot be read", StringComparison.Ordinal));
        Assert.Contains(thrown.Faults, fault => fault.Contains("A key is not known", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "Casandra": { "ContactPoints": "a" } }""", "Configuration section 'Cassandra' is not there, or empty: it has at least ContactPoints.")]
    [InlineData("""{ "Cassandra": { } }""", "Configuration section 'Cassandra' is not there, or empty: it has at least ContactPoints.")]
    [InlineData("""{ "Cassandra": "Contact Points=a" }""", "Configuration section 'Cassandra' is one value: a connection string is given to AddCassandra as text.")]
    [InlineData("""{ "Cassandra": { "ContactPoints": "a", "Contact Points": "b" } }""", "Configuration section 'Cassandra': 'ContactPoints' is given twice, with and without spaces: give it once.")]
    [InlineData("""{ "Cassandra": { "ContactPoints": "a", "x=y;Keyspace": "b" } }""", "Configuration section 'Cassandra': 'x=y;Keyspace' is not a known key.")]
    [InlineData("""{ "Cassandra": { "ConnectionString": "a", "ContactPoints": "a" } }""", "Configuration section 'Cassandra': The connection string is not a list of key=value pairs with semicolons between them; quote values that hold ; = ' or \".")]
    public void A_section_that_can_not_be_is_said_to_be_so(string json, string fault) =>
        Assert.Equal([fault], Assert.Throws<InvalidOptionsException>(() => Read(json)).Faults);

    [Fact]
    public void Nothing_is_read_before_it_is_needed_so_that_later_sources_count()
    {
        var configuration = new ConfigurationManager();
        var services = new ServiceCollection();
        services.AddCassandra(configuration.GetSection("Cassandra"));
        configuration.AddInMemoryCollection([new("Cassandra:ContactPoints:0", "late"), new("Cassandra:Keyspace", null)]);
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<Cluster>().Options;
        Assert.Equal([new ContactPoint("late")], options.ContactPoints);
        Assert.Null(options.Keyspace);
    }

    private static CassandraOptions Read(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var services = new ServiceCollection();
        services.AddCassandra(new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Cassandra"));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<CassandraOptions>>().CurrentValue;
    }
}
