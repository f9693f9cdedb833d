namespace Ilium.TestKit;

/// <summary>
/// Who runs on which addresses: node i of a ring listens on 127.0.SUBNET.i:9042. Every fixture has a number of its own, so that rings run side by side; take the
/// next free one, below <see cref="Stride"/>, for a new fixture. When another process on this machine has the number (a second run of the tests, say), the ring
/// moves on by <see cref="Stride"/>: never write an address down, ask <see cref="RingServer.ContactPoints"/>.
/// </summary>
public static class Subnets
{
    /// <summary>The node that the documentation's snippets run on.</summary>
    public const int Docs = 45;

    public const int Plain = 10;
    public const int Secure = 11;
    public const int Tls = 12;

    /// <summary>Tests that start and stop a ring of their own to check <see cref="RingServer"/> itself.</summary>
    public const int RingItself = 13;

    /// <summary>A node that is stopped and started under prepared statements, of which it remembers few.</summary>
    public const int Restarted = 16;

    /// <summary>A node that takes few requests a second.</summary>
    public const int Throttled = 17;

    /// <summary>Three nodes in three racks, whose coordinators are looked at.</summary>
    public const int Racks = 20;

    /// <summary>Four nodes in two data centers, one of which fails.</summary>
    public const int Datacenters = 21;

    /// <summary>Three nodes behind a proxy, as in Astra, one of which is killed.</summary>
    public const int Astra = 22;

    /// <summary>Three nodes that are stopped, killed, started and replaced, and a fourth that joins and leaves.</summary>
    public const int Topology = 30;

    /// <summary>Two nodes whose schema is changed a thousand times.</summary>
    public const int Storm = 31;

    /// <summary>The node that the embedded one is compared with.</summary>
    public const int Embedded = 40;

    public const int Stride = 50;
    public const int Largest = 250;
}
