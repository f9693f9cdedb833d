namespace Ilium.Protocol;

/// <summary>Names of STARTUP options, and of what SUPPORTED lists.</summary>
internal static class StartupOptions
{
    internal const string CqlVersion = "CQL_VERSION";
    internal const string Compression = "COMPRESSION";
    internal const string NoCompact = "NO_COMPACT";
    internal const string ThrowOnOverload = "THROW_ON_OVERLOAD";
    internal const string DriverName = "DRIVER_NAME";
    internal const string DriverVersion = "DRIVER_VERSION";
    internal const string ApplicationName = "APPLICATION_NAME";
    internal const string ApplicationVersion = "APPLICATION_VERSION";
    internal const string ClientId = "CLIENT_ID";
    internal const string SessionId = "SESSION_ID";
    internal const string DriverConfiguration = "DRIVER_CONFIG";

    /// <summary>ScyllaDB: SUPPORTED says with which code, as "ERROR_CODE=n"; STARTUP repeats the name to agree.</summary>
    internal const string RateLimitError = "SCYLLA_RATE_LIMIT_ERROR";

    /// <summary>In SUPPORTED only: for example "4/v4", "5/v5", "6/v6-beta".</summary>
    internal const string ProtocolVersions = "PROTOCOL_VERSIONS";
}
