namespace Ilium;

/// <summary>How many replicas must answer before a request counts as done. The numbers are the protocol's (native protocol §3).</summary>
public enum ConsistencyLevel : ushort
{
    /// <summary>Any node, even a hint; writes only.</summary>
    Any = 0,

    /// <summary>One replica.</summary>
    One = 1,

    /// <summary>Two replicas.</summary>
    Two = 2,

    /// <summary>Three replicas.</summary>
    Three = 3,

    /// <summary>A majority of all replicas.</summary>
    Quorum = 4,

    /// <summary>Every replica.</summary>
    All = 5,

    /// <summary>A majority of the replicas of the coordinator's data center.</summary>
    LocalQuorum = 6,

    /// <summary>A majority in each data center; writes only.</summary>
    EachQuorum = 7,

    /// <summary>Linearizable reads, and the Paxos phase of conditional writes, over all data centers.</summary>
    Serial = 8,

    /// <summary>As <see cref="Serial"/>, within the coordinator's data center.</summary>
    LocalSerial = 9,

    /// <summary>One replica of the coordinator's data center: the default.</summary>
    LocalOne = 10,
}
