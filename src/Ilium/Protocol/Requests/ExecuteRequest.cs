using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>EXECUTE: the prepared id, from v5 the id of the result metadata, and the parameters (native protocol §4.1.6).</summary>
internal static class ExecuteRequest
{
    /// <summary>
    /// Writes the body with one reservation and no allocation: this is the request that counts.
    /// <paramref name="resultMetadataId"/> is written from v5 only, unless <paramref name="metadataIdExtension"/> says that the server
    /// agreed to Scylla's SCYLLA_USE_METADATA_ID.
    /// </summary>
    internal static void Write(
        CqlWriter writer,
        ProtocolVersion version,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> resultMetadataId,
        in QueryParameters parameters,
        bool metadataIdExtension = false)
    {
        var flags = QueryParametersWriter.Check(version, in parameters);
        var withMetadataId = version >= ProtocolVersion.V5 || metadataIdExtension;
        var idsSize = 2 + id.Length + (withMetadataId ? 2 + resultMetadataId.Length : 0);
        var body = writer.Reserve(idsSize + QueryParametersWriter.Measure(version, flags, in parameters));
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)id.Length);
        id.CopyTo(body[2..]);
        if (withMetadataId)
        {
            var rest = body[(2 + id.Length)..];
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)resultMetadataId.Length);
            resultMetadataId.CopyTo(rest[2..]);
        }

        QueryParametersWriter.Fill(body[idsSize..], version, flags, in parameters);
    }
}
