using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>PREPARE: the text and, from v5, an int of flags with an optional keyspace (native protocol §4.1.5).</summary>
internal static class PrepareRequest
{
    private const int WithKeyspace = 0x01;

    internal static void Write(CqlWriter writer, ProtocolVersion version, string cql, string? keyspace)
    {
        if (version < ProtocolVersion.V5)
        {
            if (keyspace is not null)
            {
                throw new NotSupportedByProtocolException("A keyspace per request", ProtocolVersion.V5, version);
            }

            writer.WriteLongString(cql);
            return;
        }

        writer.WriteLongString(cql);
        writer.WriteInt32(keyspace is null ? 0 : WithKeyspace);
        if (keyspace is not null)
        {
            writer.WriteString(keyspace);
        }
    }
}
