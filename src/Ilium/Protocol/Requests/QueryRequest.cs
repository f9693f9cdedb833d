using System.Buffers.Binary;
using System.Text;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>QUERY: the text and the parameters (native protocol §4.1.4).</summary>
internal static class QueryRequest
{
    internal static void Write(CqlWriter writer, ProtocolVersion version, ReadOnlySpan<char> cql, in QueryParameters parameters)
    {
        var flags = QueryParametersWriter.Check(version, in parameters);
        var textLength = Encoding.UTF8.GetByteCount(cql);
        var body = writer.Reserve(4 + textLength + QueryParametersWriter.Measure(version, flags, in parameters));
        BinaryPrimitives.WriteInt32BigEndian(body, textLength);
        Encoding.UTF8.GetBytes(cql, body[4..]);
        QueryParametersWriter.Fill(body[(4 + textLength)..], version, flags, in parameters);
    }
}
