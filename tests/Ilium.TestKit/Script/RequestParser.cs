namespace Ilium.TestKit;

/// <summary>Takes the body of a request apart (§4.1), for v3, v4 and v5. Strict: whatever a real server would refuse or ignore is a violation.</summary>
internal static class RequestParser
{
    private const int ValuesFlag = 0x01;
    private const int SkipMetadataFlag = 0x02;
    private const int PageSizeFlag = 0x04;
    private const int PagingStateFlag = 0x08;
    private const int SerialConsistencyFlag = 0x10;
    private const int TimestampFlag = 0x20;
    private const int NamesFlag = 0x40;
    private const int KeyspaceFlag = 0x80;
    private const int NowFlag = 0x100;

    public static RequestParts Parse(int version, WireOpcode opcode, WireReader body, bool hasMetadataIds)
    {
        var parts = opcode switch
        {
            WireOpcode.Startup => new RequestParts { StartupOptions = body.StringMap() },
            WireOpcode.Options => new RequestParts(),
            WireOpcode.Query => Parameters(version, body, new RequestParts { Cql = body.LongString() }),
            WireOpcode.Prepare => Prepare(version, body),
            WireOpcode.Execute => Parameters(version, body, new RequestParts
            {
                PreparedId = body.ShortBytes(),
                ResultMetadataId = hasMetadataIds ? body.ShortBytes() : null,
            }),
            WireOpcode.Batch => Batch(version, body),
            WireOpcode.Register => new RequestParts { EventTypes = body.StringList() },
            WireOpcode.AuthResponse => new RequestParts { Token = body.Bytes() },
            _ => throw new WireViolationException($"Opcode 0x{(byte)opcode:X2} is not a request."),
        };
        body.End();
        return parts;
    }

    private static RequestParts Prepare(int version, WireReader body)
    {
        var parts = new RequestParts { Cql = body.LongString() };
        if (version < 5)
        {
            return parts;
        }

        var flags = body.Int();
        Require((flags & ~1) == 0, $"PREPARE flags 0x{flags:X}.");
        return (flags & 1) != 0 ? parts with { Keyspace = body.String() } : parts;
    }

    private static RequestParts Parameters(int version, WireReader body, RequestParts parts)
    {
        parts = parts with { Consistency = Consistency(body) };
        var flags = Flags(version, body);
        if ((flags & ValuesFlag) != 0)
        {
            parts = Values(version, body, parts, (flags & NamesFlag) != 0);
        }
        else
        {
            Require((flags & NamesFlag) == 0, "Names without values.");
        }

        parts = parts with { SkipMetadata = (flags & SkipMetadataFlag) != 0 };
        parts = (flags & PageSizeFlag) != 0 ? parts with { PageSize = body.Int() } : parts;
        parts = (flags & PagingStateFlag) != 0 ? parts with { PagingState = body.Bytes() } : parts;
        return Trailer(body, flags, parts);
    }

    private static RequestParts Trailer(WireReader body, int flags, RequestParts parts)
    {
        if ((flags & SerialConsistencyFlag) != 0)
        {
            var serial = body.Short();
            Require(serial is 8 or 9, $"Serial consistency {serial}.");
            parts = parts with { SerialConsistency = serial };
        }

        if ((flags & TimestampFlag) != 0)
        {
            var timestamp = body.Long();
            Require(timestamp != long.MinValue, "A timestamp of long.MinValue.");
            parts = parts with { Timestamp = timestamp };
        }

        parts = (flags & KeyspaceFlag) != 0 ? parts with { Keyspace = body.String() } : parts;
        return (flags & NowFlag) != 0 ? parts with { NowInSeconds = body.Int() } : parts;
    }

    private static RequestParts Values(int version, WireReader body, RequestParts parts, bool named)
    {
        int count = body.Short();
        var values = new List<RequestValue>();
        var names = named ? new List<string>() : null;
        for (var i = 0; i < count; i++)
        {
            names?.Add(body.String());
            values.Add(Value(version, body));
        }

        return parts with { Values = values, Names = names };
    }

    private static RequestValue Value(int version, WireReader body)
    {
        var length = body.Int();
        if (length >= 0)
        {
            return new RequestValue(body.Take(length).ToArray(), false);
        }

        Require(length == -1 || (length == -2 && version >= 4), $"A value of length {length} in v{version}.");
        return new RequestValue(null, length == -2);
    }

    private static RequestParts Batch(int version, WireReader body)
    {
        var type = body.Byte();
        Require(type <= 2, $"Batch type {type}.");
        int count = body.Short();
        var entries = new List<BatchEntry>();
        for (var i = 0; i < count; i++)
        {
            var kind = body.Byte();
            Require(kind <= 1, $"Batch entry kind {kind}.");
            var cql = kind == 0 ? body.LongString() : null;
            var id = kind == 1 ? body.ShortBytes() : null;
            int valueCount = body.Short();
            var values = new List<RequestValue>();
            for (var k = 0; k < valueCount; k++)
            {
                values.Add(Value(version, body));
            }

            entries.Add(new BatchEntry(cql, id, values));
        }

        var parts = new RequestParts { BatchType = type, Entries = entries, Consistency = Consistency(body) };
        var flags = Flags(version, body);
        const int Allowed = SerialConsistencyFlag | TimestampFlag | KeyspaceFlag | NowFlag;
        Require((flags & ~Allowed) == 0, $"Batch flags 0x{flags:X}.");
        return Trailer(body, flags, parts);
    }

    private static ushort Consistency(WireReader body)
    {
        var consistency = body.Short();
        Require(consistency <= 10, $"Consistency {consistency}.");
        return consistency;
    }

    private static int Flags(int version, WireReader body)
    {
        var flags = version >= 5 ? body.Int() : body.Byte();
        var known = version >= 5 ? 0x1FF : 0x7F;
        Require((flags & ~known) == 0, $"Flags 0x{flags:X} in v{version}.");
        return flags;
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new WireViolationException(otherwise);
        }
    }
}
