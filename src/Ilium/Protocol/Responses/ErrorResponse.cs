using System.Net;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>ERROR (native protocol §9). What a code adds behind its message is read where it is known; other codes keep their number and message.</summary>
internal static class ErrorResponse
{
    internal static ServerException Read(ref CqlReader reader, ProtocolVersion version)
    {
        var code = reader.ReadInt32();
        var message = reader.ReadString();
        return code switch
        {
            0x000A => new ProtocolErrorException(message),
            0x0100 => new AuthenticationFailedException(message),
            0x1000 => new UnavailableException(message, ReadConsistency(ref reader), reader.ReadInt32(), reader.ReadInt32()),
            0x1001 => new OverloadedException(message),
            0x1002 => new IsBootstrappingException(message),
            0x1003 => new TruncateException(message),
            0x1100 => ReadWriteTimeout(message, ref reader, version),
            0x1200 => new ReadTimeoutException(message, ReadConsistency(ref reader), reader.ReadInt32(), reader.ReadInt32(), reader.ReadByte() != 0),
            0x1300 => ReadReadFailure(message, ref reader, version),
            0x1400 => new FunctionFailureException(message, reader.ReadString(), reader.ReadString(), reader.ReadStringList()),
            0x1500 => ReadWriteFailure(message, ref reader, version),
            // The specification gives this one no body (CASSANDRA-12697).
            0x1600 => new CdcWriteFailureException(message),
            0x1700 => new CasWriteUnknownException(message, ReadConsistency(ref reader), reader.ReadInt32(), reader.ReadInt32()),
            0x2000 => new SyntaxErrorException(message),
            0x2100 => new UnauthorizedException(message),
            0x2200 => new InvalidQueryException(message),
            0x2300 => new ConfigurationErrorException(message),
            0x2400 => new AlreadyExistsException(message, reader.ReadString(), reader.ReadString()),
            0x2500 => new UnpreparedException(message, reader.ReadShortBytes().ToArray()),
            _ => new ServerErrorException(code, message),
        };
    }

    private static ConsistencyLevel ReadConsistency(ref CqlReader reader) => (ConsistencyLevel)reader.ReadUInt16();

    private static WriteTimeoutException ReadWriteTimeout(string message, ref CqlReader reader, ProtocolVersion version)
    {
        var consistency = ReadConsistency(ref reader);
        var (received, required) = (reader.ReadInt32(), reader.ReadInt32());
        var type = new WriteType(reader.ReadString());
        int? contentions = version >= ProtocolVersion.V5 && type == WriteType.Cas && reader.Remaining >= sizeof(ushort) ? reader.ReadUInt16() : null;
        return new WriteTimeoutException(message, consistency, received, required, type, contentions);
    }

    private static ReadFailureException ReadReadFailure(string message, ref CqlReader reader, ProtocolVersion version)
    {
        var consistency = ReadConsistency(ref reader);
        var (received, required) = (reader.ReadInt32(), reader.ReadInt32());
        var (failures, reasons) = ReadFailures(ref reader, version);
        return new ReadFailureException(message, consistency, received, required, failures, reader.ReadByte() != 0, reasons);
    }

    private static WriteFailureException ReadWriteFailure(string message, ref CqlReader reader, ProtocolVersion version)
    {
        var consistency = ReadConsistency(ref reader);
        var (received, required) = (reader.ReadInt32(), reader.ReadInt32());
        var (failures, reasons) = ReadFailures(ref reader, version);
        return new WriteFailureException(message, consistency, received, required, failures, new WriteType(reader.ReadString()), reasons);
    }

    /// <summary>A count up to v4; in v5 a map from address, without port, to reason.</summary>
    private static (int Count, IReadOnlyDictionary<IPAddress, int> Reasons) ReadFailures(ref CqlReader reader, ProtocolVersion version)
    {
        var reasons = new Dictionary<IPAddress, int>();
        var count = reader.ReadInt32();
        if (version >= ProtocolVersion.V5)
        {
            for (var i = 0; i < count; i++)
            {
                var node = reader.ReadInetAddress();
                reasons[node] = reader.ReadUInt16();
            }
        }

        return (count, reasons);
    }
}
