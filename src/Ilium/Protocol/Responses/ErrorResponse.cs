using System.Net;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>ERROR: a code, a message and, for some codes, details (native protocol §9).</summary>
internal static class ErrorResponse
{
    // A map entry: a length byte, four bytes of address and a code.
    private const int SmallestReason = 7;

    /// <summary>
    /// Reads the body. Code and message must be there; details that are cut off or malformed are left at their defaults, since the kind of
    /// error matters more than its numbers and the envelope around it was sound.
    /// </summary>
    /// <param name="reader">The body.</param>
    /// <param name="version">Of the connection.</param>
    /// <param name="rateLimitCode">ScyllaDB's code for exceeded rates, where the connection agreed on one.</param>
    internal static ServerException Read(ref CqlReader reader, ProtocolVersion version, int? rateLimitCode = null)
    {
        var code = reader.ReadInt32();
        var message = reader.ReadString();
        if (code == rateLimitCode)
        {
            // An operation, 1 for writes, and whether the coordinator refused it.
            return new RateLimitExceededException(code, message, isWrite: ReadFlag(ref reader), rejectedByCoordinator: ReadFlag(ref reader));
        }

        return code switch
        {
            ProtocolErrorException.ErrorCode => new ProtocolErrorException(message),
            AuthenticationFailedException.ErrorCode => new AuthenticationFailedException(
                message, "The login was refused; check the user name and the password in ClusterOptions.AuthProvider."),
            UnavailableException.ErrorCode => ReadUnavailable(ref reader, message),
            OverloadedException.ErrorCode => new OverloadedException(message),
            IsBootstrappingException.ErrorCode => new IsBootstrappingException(message),
            TruncateException.ErrorCode => new TruncateException(message),
            WriteTimeoutException.ErrorCode => ReadWriteTimeout(ref reader, message, version),
            ReadTimeoutException.ErrorCode => ReadReadTimeout(ref reader, message),
            ReadFailureException.ErrorCode => ReadReadFailure(ref reader, message, version),
            FunctionFailureException.ErrorCode => ReadFunctionFailure(ref reader, message),
            WriteFailureException.ErrorCode => ReadWriteFailure(ref reader, message, version),
            CdcWriteFailureException.ErrorCode => new CdcWriteFailureException(message),
            CasWriteUnknownException.ErrorCode => ReadCasWriteUnknown(ref reader, message),
            SyntaxErrorException.ErrorCode => new SyntaxErrorException(message),
            UnauthorizedException.ErrorCode => new UnauthorizedException(message),
            InvalidQueryException.ErrorCode => new InvalidQueryException(message),
            ConfigurationErrorException.ErrorCode => new ConfigurationErrorException(message),
            AlreadyExistsException.ErrorCode => ReadAlreadyExists(ref reader, message),
            UnpreparedException.ErrorCode => ReadUnprepared(ref reader, message),
            _ => new ServerErrorException(code, message),
        };
    }

    private static UnavailableException ReadUnavailable(ref CqlReader reader, string message)
    {
        var counts = ReplicaCounts.Read(ref reader);
        return new UnavailableException(message, counts.Consistency, required: counts.First, alive: counts.Second);
    }

    private static WriteTimeoutException ReadWriteTimeout(ref CqlReader reader, string message, ProtocolVersion version)
    {
        var counts = ReplicaCounts.Read(ref reader);
        var writeType = ReadWriteType(ref reader);
        int? contentions =
            version >= ProtocolVersion.V5 && writeType == WriteType.Cas && reader.Remaining >= 2 ? reader.ReadUInt16() : null;
        return new WriteTimeoutException(message, counts.Consistency, counts.First, counts.Second, writeType, contentions);
    }

    private static ReadTimeoutException ReadReadTimeout(ref CqlReader reader, string message)
    {
        var counts = ReplicaCounts.Read(ref reader);
        return new ReadTimeoutException(message, counts.Consistency, counts.First, counts.Second, ReadFlag(ref reader));
    }

    private static ReadFailureException ReadReadFailure(ref CqlReader reader, string message, ProtocolVersion version)
    {
        var counts = ReplicaCounts.Read(ref reader);
        var failures = ReadFailures(ref reader, version, out var reasons);
        return new ReadFailureException(message, counts.Consistency, counts.First, counts.Second, failures, reasons, ReadFlag(ref reader));
    }

    private static WriteFailureException ReadWriteFailure(ref CqlReader reader, string message, ProtocolVersion version)
    {
        var counts = ReplicaCounts.Read(ref reader);
        var failures = ReadFailures(ref reader, version, out var reasons);
        return new WriteFailureException(
            message, counts.Consistency, counts.First, counts.Second, failures, reasons, ReadWriteType(ref reader));
    }

    private static CasWriteUnknownException ReadCasWriteUnknown(ref CqlReader reader, string message)
    {
        var counts = ReplicaCounts.Read(ref reader);
        return new CasWriteUnknownException(message, counts.Consistency, counts.First, counts.Second);
    }

    private static FunctionFailureException ReadFunctionFailure(ref CqlReader reader, string message)
    {
        var keyspace = string.Empty;
        var function = string.Empty;
        IReadOnlyList<string> argumentTypes = [];
        try
        {
            keyspace = reader.ReadString();
            function = reader.ReadString();
            argumentTypes = reader.ReadStringList();
        }
        catch (MalformedResponseException)
        {
            // Cut off: what was read stays.
        }

        return new FunctionFailureException(message, keyspace, function, argumentTypes);
    }

    private static AlreadyExistsException ReadAlreadyExists(ref CqlReader reader, string message)
    {
        var keyspace = string.Empty;
        var table = string.Empty;
        try
        {
            keyspace = reader.ReadString();
            table = reader.ReadString();
        }
        catch (MalformedResponseException)
        {
            // Cut off: what was read stays.
        }

        return new AlreadyExistsException(message, keyspace, table);
    }

    private static UnpreparedException ReadUnprepared(ref CqlReader reader, string message)
    {
        byte[] id = [];
        try
        {
            id = reader.ReadShortBytes().ToArray();
        }
        catch (MalformedResponseException)
        {
            // Cut off: an empty id matches no statement, so that nothing is prepared by mistake.
        }

        return new UnpreparedException(message, id);
    }

    private static WriteType ReadWriteType(ref CqlReader reader)
    {
        try
        {
            return new WriteType(reader.ReadString());
        }
        catch (MalformedResponseException)
        {
            return WriteType.Unknown;
        }
    }

    private static bool ReadFlag(ref CqlReader reader) => reader.Remaining > 0 && reader.ReadByte() != 0;

    // v4 has the number of failures; v5 has a map in its place, with addresses that carry no port.
    private static int ReadFailures(ref CqlReader reader, ProtocolVersion version, out Dictionary<IPAddress, int>? reasons)
    {
        reasons = null;
        if (version < ProtocolVersion.V5)
        {
            return reader.Remaining >= 4 ? reader.ReadInt32() : 0;
        }

        try
        {
            var count = reader.ReadCount(SmallestReason);
            reasons = [];
            for (var i = 0; i < count; i++)
            {
                var address = reader.ReadInetAddress();
                reasons[address] = reader.ReadUInt16();
            }

            return count;
        }
        catch (MalformedResponseException)
        {
            return reasons?.Count ?? 0;
        }
    }

    /// <summary>A consistency level and two numbers of replicas, as several errors begin; zeros where they are cut off.</summary>
    private readonly record struct ReplicaCounts(ConsistencyLevel Consistency, int First, int Second)
    {
        private const int Size = 10;

        internal static ReplicaCounts Read(ref CqlReader reader) => reader.Remaining < Size
            ? default
            : new ReplicaCounts((ConsistencyLevel)reader.ReadUInt16(), reader.ReadInt32(), reader.ReadInt32());
    }
}
