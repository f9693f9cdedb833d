using Ilium;

namespace Quickstart;

/// <summary>Reads where to connect from the environment.</summary>
internal static class QuickstartOptions
{
    internal static ClusterOptions FromEnvironment()
    {
        if (Get("CASSANDRA_CONTACT_POINTS") is not { } contactPoints)
        {
            throw new FormatException("set CASSANDRA_CONTACT_POINTS to the address of a Cassandra node, for example 127.0.0.1:9042");
        }

        var options = new ClusterOptions
        {
            ContactPoints = [.. contactPoints.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => (ContactPoint)text)],
            ApplicationName = "quickstart",
        };
        if (Get("CASSANDRA_USERNAME") is { } username)
        {
            options = options with { AuthProvider = new PlainTextAuthProvider(username, Get("CASSANDRA_PASSWORD") ?? "") };
        }

        if (Get("CASSANDRA_TLS_CA") is { } authority)
        {
            options = options with { Tls = TlsOptions.FromPem(authority, Get("CASSANDRA_TLS_CERT"), Get("CASSANDRA_TLS_KEY")) };
        }

        return options;
    }

    /// <summary>A name as a CQL identifier.</summary>
    internal static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string? Get(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
