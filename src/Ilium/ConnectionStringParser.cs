namespace Ilium;

/// <summary>Draft.</summary>
internal static class ConnectionStringParser
{
    internal static ClusterOptions Parse(string connectionString) => throw new NotSupportedException(connectionString);
}
