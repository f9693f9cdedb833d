using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ilium.Protocol;

/// <summary>
/// Lays out query parameters: first which parts there are, then how many bytes they take, then all of them into one reserved span.
/// </summary>
internal static class QueryParametersWriter
{
    private const int NullLength = -1;
    private const int UnsetLength = -2;

    /// <summary>Which parts to write. Refuses what <paramref name="version"/> can't carry or the server would refuse.</summary>
    internal static QueryFlags Check(ProtocolVersion version, in QueryParameters parameters)
    {
        var flags = parameters.SkipMetadata ? QueryFlags.SkipMetadata : QueryFlags.None;
        if (parameters.ValueCount != 0)
        {
            flags |= CheckValues(version, in parameters);
        }

        if (parameters.PageSize > 0)
        {
            flags |= QueryFlags.PageSize;
        }

        if (!parameters.PagingState.IsEmpty)
        {
            flags |= QueryFlags.PagingState;
        }

        if (parameters.SerialConsistency is { } serial)
        {
            CheckSerial(serial);
            flags |= QueryFlags.SerialConsistency;
        }

        if (parameters.Timestamp is { } timestamp)
        {
            // The server takes this one value for "no timestamp" and refuses it.
            ArgumentOutOfRangeException.ThrowIfEqual(timestamp, long.MinValue, nameof(parameters.Timestamp));
            flags |= QueryFlags.Timestamp;
        }

        if (parameters.Keyspace is not null)
        {
            Require(ProtocolVersion.V5, version, "A keyspace per request");
            flags |= QueryFlags.Keyspace;
        }

        if (parameters.NowInSeconds.HasValue)
        {
            Require(ProtocolVersion.V5, version, "Now-in-seconds per request");
            flags |= QueryFlags.NowInSeconds;
        }

        return flags;
    }

    /// <summary>The exact number of bytes <see cref="Fill"/> writes.</summary>
    internal static int Measure(ProtocolVersion version, QueryFlags flags, in QueryParameters parameters)
    {
        var size = 2 + (version >= ProtocolVersion.V5 ? 4 : 1);
        if ((flags & QueryFlags.Values) != 0)
        {
            size += 2 + parameters.EncodedValues.Length;
        }

        if ((flags & ~(QueryFlags.Values | QueryFlags.SkipMetadata)) == 0)
        {
            return size;
        }

        size += (flags & QueryFlags.PageSize) != 0 ? 4 : 0;
        size += (flags & QueryFlags.PagingState) != 0 ? 4 + parameters.PagingState.Length : 0;
        size += (flags & QueryFlags.SerialConsistency) != 0 ? 2 : 0;
        size += (flags & QueryFlags.Timestamp) != 0 ? 8 : 0;
        size += (flags & QueryFlags.NowInSeconds) != 0 ? 4 : 0;
        size += (flags & QueryFlags.Keyspace) != 0 ? MeasureString(parameters.Keyspace!) : 0;
        if ((flags & QueryFlags.ValueNames) != 0)
        {
            foreach (var name in parameters.ValueNames!)
            {
                size += MeasureString(name);
            }
        }

        return size;
    }

    /// <summary>Writes the parameters over the whole of <paramref name="destination"/>.</summary>
    internal static void Fill(Span<byte> destination, ProtocolVersion version, QueryFlags flags, in QueryParameters parameters)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)parameters.Consistency);
        if (version >= ProtocolVersion.V5)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination[2..], (int)flags);
            destination = destination[6..];
        }
        else
        {
            destination[2] = (byte)flags;
            destination = destination[3..];
        }

        if ((flags & QueryFlags.Values) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)parameters.ValueCount);
            destination = destination[2..];
            if ((flags & QueryFlags.ValueNames) != 0)
            {
                destination = destination[FillNamedValues(destination, in parameters)..];
            }
            else
            {
                parameters.EncodedValues.CopyTo(destination);
                destination = destination[parameters.EncodedValues.Length..];
            }
        }

        if ((flags & ~(QueryFlags.Values | QueryFlags.SkipMetadata | QueryFlags.ValueNames)) != 0)
        {
            FillOptions(destination, flags, in parameters);
        }
    }

    private static void FillOptions(Span<byte> destination, QueryFlags flags, in QueryParameters parameters)
    {
        if ((flags & QueryFlags.PageSize) != 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, parameters.PageSize);
            destination = destination[4..];
        }

        if ((flags & QueryFlags.PagingState) != 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, parameters.PagingState.Length);
            parameters.PagingState.Span.CopyTo(destination[4..]);
            destination = destination[(4 + parameters.PagingState.Length)..];
        }

        if ((flags & QueryFlags.SerialConsistency) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)parameters.SerialConsistency.GetValueOrDefault());
            destination = destination[2..];
        }

        if ((flags & QueryFlags.Timestamp) != 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(destination, parameters.Timestamp.GetValueOrDefault());
            destination = destination[8..];
        }

        if ((flags & QueryFlags.Keyspace) != 0)
        {
            destination = destination[FillString(destination, parameters.Keyspace!)..];
        }

        if ((flags & QueryFlags.NowInSeconds) != 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, parameters.NowInSeconds.GetValueOrDefault());
        }
    }

    // Values arrive encoded one after the other; the protocol wants each name right before its value.
    private static int FillNamedValues(Span<byte> destination, in QueryParameters parameters)
    {
        var values = parameters.EncodedValues;
        var written = 0;
        foreach (var name in parameters.ValueNames!)
        {
            written += FillString(destination[written..], name);
            var size = SizeOfFirst(values);
            values[..size].CopyTo(destination[written..]);
            values = values[size..];
            written += size;
        }

        return written;
    }

    private static QueryFlags CheckValues(ProtocolVersion version, in QueryParameters parameters)
    {
        CheckValues(version, parameters.ValueCount, parameters.EncodedValues);
        if (parameters.ValueNames is null)
        {
            return QueryFlags.Values;
        }

        if (parameters.ValueNames.Length != parameters.ValueCount)
        {
            throw new ArgumentException(
                $"{parameters.ValueCount} values came with {parameters.ValueNames.Length} names.", nameof(parameters));
        }

        return QueryFlags.Values | QueryFlags.ValueNames;
    }

    /// <summary>Refuses more values than a count can say and, before v4, unset ones.</summary>
    internal static void CheckValues(ProtocolVersion version, int count, ReadOnlySpan<byte> values)
    {
        if ((uint)count > ushort.MaxValue)
        {
            throw new ArgumentException($"A statement takes at most 65,535 values; this one has {count}.", nameof(count));
        }

        if (version >= ProtocolVersion.V4)
        {
            return;
        }

        while (!values.IsEmpty)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(values) == UnsetLength)
            {
                throw new NotSupportedByProtocolException("An unset value", ProtocolVersion.V4, version);
            }

            values = values[SizeOfFirst(values)..];
        }
    }

    private static int SizeOfFirst(ReadOnlySpan<byte> values)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(values);
        return length is NullLength or UnsetLength ? 4 : 4 + length;
    }

    private static int MeasureString(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"A protocol [string] holds at most 65,535 bytes; this one has {length}.", nameof(text));
        }

        return 2 + length;
    }

    private static int FillString(Span<byte> destination, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)length);
        return 2 + length;
    }

    private static void CheckSerial(ConsistencyLevel serial)
    {
        if (serial is not (ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial))
        {
            throw new ArgumentException($"A serial consistency is Serial or LocalSerial, not {serial}.", nameof(serial));
        }
    }

    private static void Require(ProtocolVersion required, ProtocolVersion actual, string feature)
    {
        if (actual < required)
        {
            Throw(required, actual, feature);
        }
    }

    [DoesNotReturn]
    private static void Throw(ProtocolVersion required, ProtocolVersion actual, string feature) =>
        throw new NotSupportedByProtocolException(feature, required, actual);
}
