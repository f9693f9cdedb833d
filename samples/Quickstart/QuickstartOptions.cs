using Ilium;

namespace Quickstart;

/// <summary>Reads where to connect from the environment.</summary>
internal static class QuickstartOptions
{
    internal static ClusterOptions FromEnvironment()
    {
        ContactPoint[] contactPoints =
            [.. (Get("CASSANDRA_CONTACT_POINTS") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => (ContactPoint)text)];
        if (contactPoints.Length == 0)
        {
            throw new FormatException("CASSANDRA_CONTACT_POINTS is set to nothing; set it to the address of a Cassandra node, for example 127.0.0.1:9042, or unset it to use a node in this process");
        }

        var options = new ClusterOptions
        {
            ContactPoints = contactPoints,
            ApplicationName = "quickstart",
        };
        if (Get("CASSANDRA_USERNAME") is { } username)
        {
            var password = Get("CASSANDRA_PASSWORD") ?? throw new FormatException("CASSANDRA_USERNAME is set; set CASSANDRA_PASSWORD too");
            options = options with { AuthProvider = new PlainTextAuthProvider(username, password) };
        }

        if (Get("CASSANDRA_TLS_CA") is { } authority)
        {
            options = options with { Tls = TlsOptions.FromPem(authority, Get("CASSANDRA_TLS_CERT"), Get("CASSANDRA_TLS_KEY")) };
        }

        return options;
    }

    /// <summary>False when the quickstart is to bring its own node.</summary>
    internal static bool HasContactPoints => Get("CASSANDRA_CONTACT_POINTS") is not null;

    /// <summary>A name as a CQL identifier.</summary>
    internal static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string? Get(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
