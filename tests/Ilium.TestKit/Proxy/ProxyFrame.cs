namespace Ilium.TestKit;

/// <summary>One unit of the wire that a <see cref="FrameProxy"/> passes on: an envelope, or after the start of v5 a segment.</summary>
/// <param name="Connection">The number of the connection, from 0, in the order of their acceptance.</param>
/// <param name="ToServer">True on the way to the node, false on the way to the client.</param>
/// <param name="IsSegment">True for a segment of v5.</param>
/// <param name="Bytes">As on the wire.</param>
/// <param name="Opcodes">Of the envelopes inside; empty for a slice of one.</param>
public sealed record ProxyFrame(int Connection, bool ToServer, bool IsSegment, ReadOnlyMemory<byte> Bytes, IReadOnlyList<WireOpcode> Opcodes);
