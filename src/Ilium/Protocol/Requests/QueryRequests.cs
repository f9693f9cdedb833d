using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>QUERY (native protocol §4.1.4).</summary>
internal static class QueryRequest
{
    internal static void Write(CqlWriter writer, ProtocolVersion version, string cql, in QueryParameters parameters)
    {
        writer.WriteLongString(cql);
        parameters.Write(writer, version);
    }
}

/// <summary>PREPARE (native protocol §4.1.5).</summary>
internal static class PrepareRequest
{
    private const int WithKeyspace = 0x01;

    internal static void Write(CqlWriter writer, ProtocolVersion version, string cql, string? keyspace)
    {
        writer.WriteLongString(cql);
        if (version >= ProtocolVersion.V5)
        {
            writer.WriteInt32(keyspace is null ? 0 : WithKeyspace);
            if (keyspace is not null)
            {
                writer.WriteString(keyspace);
            }
        }
        else if (keyspace is not null)
        {
            throw new NotSupportedByProtocolException("A keyspace for one request", ProtocolVersion.V5, version);
        }
    }
}

/// <summary>EXECUTE (native protocol §4.1.6).</summary>
internal static class ExecuteRequest
{
    internal static void Write(
        CqlWriter writer, ProtocolVersion version, ReadOnlySpan<byte> id, ReadOnlySpan<byte> resultMetadataId, in QueryParameters parameters)
    {
        writer.WriteShortBytes(id);
        if (version >= ProtocolVersion.V5)
        {
            writer.WriteShortBytes(resultMetadataId);
        }

        parameters.Write(writer, version);
    }
}
