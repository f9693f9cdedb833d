using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Embedded.Server;

/// <summary>What QUERY, EXECUTE and BATCH say beside what to run.</summary>
internal sealed class QueryOptions
{
    /// <summary>A value that was sent as "unset". Known by its reference.</summary>
    internal static readonly byte[] Unset = new byte[1];

    internal ConsistencyLevel Consistency { get; init; } = ConsistencyLevel.One;

    internal ConsistencyLevel SerialConsistency { get; init; } = ConsistencyLevel.Serial;

    /// <summary>The values as sent: null, <see cref="Unset"/> or bytes.</summary>
    internal byte[]?[] Values { get; init; } = [];

    /// <summary>One name a value; null when they came by position.</summary>
    internal string[]? Names { get; init; }

    internal bool SkipMetadata { get; init; }

    /// <summary>0 for all rows.</summary>
    internal int PageSize { get; init; }

    internal byte[]? PagingState { get; init; }

    internal long? Timestamp { get; init; }

    internal string? Keyspace { get; init; }

    internal int? NowInSeconds { get; init; }

    /// <summary>The same with the values in the order of the markers they are named for.</summary>
    internal QueryOptions ByPosition(Execution.ResultColumns variables)
    {
        var values = new List<byte[]?>(variables.Count);
        foreach (var variable in variables.Columns)
        {
            var index = Array.IndexOf(Names!, variable.Name);
            if (index >= 0)
            {
                values.Add(Values[index]);
            }
        }

        return new QueryOptions
        {
            Consistency = Consistency,
            SerialConsistency = SerialConsistency,
            Values = [.. values],
            SkipMetadata = SkipMetadata,
            PageSize = PageSize,
            PagingState = PagingState,
            Timestamp = Timestamp,
            Keyspace = Keyspace,
            NowInSeconds = NowInSeconds,
        };
    }

    internal static QueryOptions Read(ref CqlReader reader, ProtocolVersion version)
    {
        var consistency = ReadConsistency(ref reader);
        var flags = (QueryFlags)(version >= ProtocolVersion.V5 ? reader.ReadInt32() : reader.ReadByte());
        byte[]?[] values = [];
        string[]? names = null;
        if ((flags & QueryFlags.Values) != 0)
        {
            values = ReadValues(ref reader, version, (flags & QueryFlags.ValueNames) != 0, out names);
        }

        if ((flags & ~(QueryFlags.Values | QueryFlags.SkipMetadata | QueryFlags.ValueNames)) == 0)
        {
            return new QueryOptions { Consistency = consistency, Values = values, Names = names, SkipMetadata = (flags & QueryFlags.SkipMetadata) != 0 };
        }

        return new QueryOptions
        {
            Consistency = consistency,
            Values = values,
            Names = names,
            SkipMetadata = (flags & QueryFlags.SkipMetadata) != 0,
            PageSize = (flags & QueryFlags.PageSize) != 0 ? ReadPageSize(ref reader) : 0,
            PagingState = (flags & QueryFlags.PagingState) != 0 ? ReadState(ref reader) : null,
            SerialConsistency = (flags & QueryFlags.SerialConsistency) != 0 ? ReadConsistency(ref reader) : ConsistencyLevel.Serial,
            Timestamp = (flags & QueryFlags.Timestamp) != 0 ? ReadTimestamp(ref reader) : null,
            Keyspace = version >= ProtocolVersion.V5 && (flags & QueryFlags.Keyspace) != 0 ? reader.ReadString() : null,
            NowInSeconds = version >= ProtocolVersion.V5 && (flags & QueryFlags.NowInSeconds) != 0 ? reader.ReadInt32() : null,
        };
    }

    /// <summary>What stands behind the statements of a BATCH.</summary>
    internal static QueryOptions ReadBatch(ref CqlReader reader, ProtocolVersion version)
    {
        var consistency = ReadConsistency(ref reader);
        var flags = (QueryFlags)(version >= ProtocolVersion.V5 ? reader.ReadInt32() : reader.ReadByte());
        return new QueryOptions
        {
            Consistency = consistency,
            SerialConsistency = (flags & QueryFlags.SerialConsistency) != 0 ? ReadConsistency(ref reader) : ConsistencyLevel.Serial,
            Timestamp = (flags & QueryFlags.Timestamp) != 0 ? ReadTimestamp(ref reader) : null,
            Keyspace = version >= ProtocolVersion.V5 && (flags & QueryFlags.Keyspace) != 0 ? reader.ReadString() : null,
            NowInSeconds = version >= ProtocolVersion.V5 && (flags & QueryFlags.NowInSeconds) != 0 ? reader.ReadInt32() : null,
        };
    }

    /// <summary>[value]s, each with its name before it where there are names.</summary>
    internal static byte[]?[] ReadValues(ref CqlReader reader, ProtocolVersion version, bool named, out string[]? names)
    {
        int count = reader.ReadUInt16();
        if (count * 4 > reader.Remaining)
        {
            throw CqlError.Protocol($"{count} values were announced with {reader.Remaining} bytes left");
        }

        var values = new byte[]?[count];
        names = named ? new string[count] : null;
        for (var i = 0; i < values.Length; i++)
        {
            if (names is not null)
            {
                names[i] = reader.ReadString();
            }

            var length = reader.ReadInt32();
            values[i] = length switch
            {
                -1 => null,
                -2 when version >= ProtocolVersion.V4 => Unset,
                < 0 when version < ProtocolVersion.V4 => null,
                < 0 => throw CqlError.Protocol($"Invalid ByteBuf length {length}"),
                _ => reader.ReadRaw(length).ToArray(),
            };
        }

        return values;
    }

    private static ConsistencyLevel ReadConsistency(ref CqlReader reader)
    {
        var code = reader.ReadUInt16();
        return code <= (ushort)ConsistencyLevel.LocalOne ? (ConsistencyLevel)code : throw CqlError.Protocol($"Unknown code {code} for a consistency level");
    }

    /// <summary>0 for a negative one, which asks for no pages.</summary>
    private static int ReadPageSize(ref CqlReader reader)
    {
        var size = reader.ReadInt32();
        return size == 0 ? throw CqlError.Protocol("The page size cannot be 0") : Math.Max(0, size);
    }

    private static byte[]? ReadState(ref CqlReader reader)
    {
        var state = reader.ReadBytes(out var isNull);
        return isNull ? null : state.ToArray();
    }

    private static long ReadTimestamp(ref CqlReader reader)
    {
        var timestamp = reader.ReadInt64();
        return timestamp == long.MinValue
            ? throw CqlError.Protocol($"Out of bound timestamp, must be in [{long.MinValue + 1}, {long.MaxValue}] (got {timestamp})")
            : timestamp;
    }
}
