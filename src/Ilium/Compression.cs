namespace Ilium;

/// <summary>How the bytes between the driver and the servers are compressed.</summary>
public enum Compression
{
    /// <summary>Not at all: the default. Inside a data center the network is seldom what limits.</summary>
    None = 0,

    /// <summary>LZ4: fast, and spoken by every server in every protocol version.</summary>
    Lz4,

    /// <summary>Snappy: protocol versions 3 and 4 only, so a cluster with it never negotiates version 5.</summary>
    Snappy,
}
