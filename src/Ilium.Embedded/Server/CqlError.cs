using System.Net;
using Ilium.Buffers;

namespace Ilium.Embedded.Server;

/// <summary>An ERROR to be answered: code, message and what the code adds to the body (native protocol §9).</summary>
internal sealed class CqlError : Exception
{
    private readonly Action<CqlWriter, ProtocolVersion>? _details;

    internal CqlError(int code, string message, Action<CqlWriter, ProtocolVersion>? details = null)
        : base(message)
    {
        Code = code;
        _details = details;
    }

    internal int Code { get; }

    internal static CqlError Server(string message) => new(0x0000, message);

    internal static CqlError Protocol(string message) => new(ProtocolErrorException.ErrorCode, message);

    internal static CqlError Credentials(string message) => new(AuthenticationFailedException.ErrorCode, message);

    internal static CqlError Syntax(string message) => new(SyntaxErrorException.ErrorCode, message);

    internal static CqlError Unauthorized(string message) => new(UnauthorizedException.ErrorCode, message);

    internal static CqlError Invalid(string message) => new(InvalidQueryException.ErrorCode, message);

    internal static CqlError Configuration(string message) => new(ConfigurationErrorException.ErrorCode, message);

    internal static CqlError Overloaded(string message) => new(OverloadedException.ErrorCode, message);

    internal static CqlError Bootstrapping(string message) => new(IsBootstrappingException.ErrorCode, message);

    internal static CqlError Truncate(string message) => new(TruncateException.ErrorCode, message);

    internal static CqlError AlreadyExists(string keyspace, string table, string message) => new(AlreadyExistsException.ErrorCode, message, (writer, _) =>
    {
        writer.WriteString(keyspace);
        writer.WriteString(table);
    });

    internal static CqlError Unprepared(byte[] id) => new(
        UnpreparedException.ErrorCode,
        $"Prepared query with ID {Convert.ToHexStringLower(id)} not found (either the query was not prepared on this host (maybe the host has been restarted?) or you have prepared too many queries and it has been evicted from the internal cache)",
        (writer, _) => writer.WriteShortBytes(id));

    internal static CqlError Unavailable(ConsistencyLevel consistency, int required, int alive) => new(
        UnavailableException.ErrorCode,
        $"Cannot achieve consistency level {Name(consistency)}",
        (writer, _) => WriteCounts(writer, consistency, required, alive));

    internal static CqlError WriteTimeout(ConsistencyLevel consistency, int received, int required, string writeType) => new(
        WriteTimeoutException.ErrorCode,
        $"Operation timed out - received only {received} responses.",
        (writer, version) =>
        {
            WriteCounts(writer, consistency, received, required);
            writer.WriteString(writeType);
            if (version >= ProtocolVersion.V5 && writeType == "CAS")
            {
                writer.WriteUInt16(1);
            }
        });

    internal static CqlError ReadTimeout(ConsistencyLevel consistency, int received, int required, bool dataPresent) => new(
        ReadTimeoutException.ErrorCode,
        $"Operation timed out - received only {received} responses.",
        (writer, _) =>
        {
            WriteCounts(writer, consistency, received, required);
            writer.WriteByte(dataPresent ? (byte)1 : (byte)0);
        });

    internal static CqlError ReadFailure(ConsistencyLevel consistency, int received, int required, int failures, IPAddress node, bool dataPresent) => new(
        ReadFailureException.ErrorCode,
        $"Operation failed - received {received} responses and {failures} failures: UNKNOWN from {node}",
        (writer, version) =>
        {
            WriteCounts(writer, consistency, received, required);
            WriteFailures(writer, version, failures, node);
            writer.WriteByte(dataPresent ? (byte)1 : (byte)0);
        });

    internal static CqlError WriteFailure(ConsistencyLevel consistency, int received, int required, int failures, IPAddress node, string writeType) => new(
        WriteFailureException.ErrorCode,
        $"Operation failed - received {received} responses and {failures} failures: UNKNOWN from {node}",
        (writer, version) =>
        {
            WriteCounts(writer, consistency, received, required);
            WriteFailures(writer, version, failures, node);
            writer.WriteString(writeType);
        });

    internal static CqlError CasWriteUnknown(ConsistencyLevel consistency, int received, int required) => new(
        CasWriteUnknownException.ErrorCode,
        $"CAS operation result is unknown - proposal accepted by {received} but not a quorum.",
        (writer, _) => WriteCounts(writer, consistency, received, required));

    internal static CqlError FunctionFailure(string keyspace, string function, IReadOnlyList<string> argumentTypes, string message) => new(
        FunctionFailureException.ErrorCode,
        message,
        (writer, _) =>
        {
            writer.WriteString(keyspace);
            writer.WriteString(function);
            writer.WriteUInt16((ushort)argumentTypes.Count);
            foreach (var type in argumentTypes)
            {
                writer.WriteString(type);
            }
        });

    internal CqlError WithMessage(string message) => new(Code, message, _details);

    /// <summary>The body of the ERROR.</summary>
    internal void Write(CqlWriter writer, ProtocolVersion version)
    {
        writer.WriteInt32(Code);
        writer.WriteString(Message);
        _details?.Invoke(writer, version);
    }

    /// <summary>A consistency level as Cassandra writes it: <c>LOCAL_ONE</c>.</summary>
    internal static string Name(ConsistencyLevel consistency) => consistency switch
    {
        ConsistencyLevel.LocalQuorum => "LOCAL_QUORUM",
        ConsistencyLevel.EachQuorum => "EACH_QUORUM",
        ConsistencyLevel.LocalSerial => "LOCAL_SERIAL",
        ConsistencyLevel.LocalOne => "LOCAL_ONE",
        _ => consistency.ToString().ToUpperInvariant(),
    };

    private static void WriteCounts(CqlWriter writer, ConsistencyLevel consistency, int first, int second)
    {
        writer.WriteUInt16((ushort)consistency);
        writer.WriteInt32(first);
        writer.WriteInt32(second);
    }

    // v5 has a map of reasons in the place of the number: each an address without a port and a code, 0 for "unknown".
    private static void WriteFailures(CqlWriter writer, ProtocolVersion version, int failures, IPAddress node)
    {
        if (version < ProtocolVersion.V5)
        {
            writer.WriteInt32(failures);
            return;
        }

        writer.WriteInt32(1);
        var address = node.GetAddressBytes();
        writer.WriteByte((byte)address.Length);
        writer.WriteRaw(address);
        writer.WriteUInt16(0);
    }
}
