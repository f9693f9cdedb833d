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

    /// <summary>ScyllaDB: a bit in the flags of a preparation marks conditional statements; SUPPORTED and STARTUP say which.</summary>
    internal const string ConditionalMark = "SCYLLA_LWT_ADD_METADATA_MARK";

    /// <summary>ScyllaDB: answers to requests that came to the wrong node say which is the right one.</summary>
    internal const string Tablets = "TABLETS_ROUTING_V1";

    /// <summary>ScyllaDB: below v5 too, preparations have the id of their columns, EXECUTE sends it along, and answers say when it has changed.</summary>
    internal const string MetadataIds = "SCYLLA_USE_METADATA_ID";

    /// <summary>In SUPPORTED only: what the server is, where it is more than Cassandra.</summary>
    internal const string ProductType = "PRODUCT_TYPE";

    /// <summary>In SUPPORTED only: for example "4/v4", "5/v5", "6/v6-beta".</summary>
    internal const string ProtocolVersions = "PROTOCOL_VERSIONS";
}
