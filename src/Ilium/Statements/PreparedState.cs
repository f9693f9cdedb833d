using Ilium.Buffers;
using Ilium.Routing;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Statements;

/// <summary>
/// What a server said when it prepared a statement. Immutable but for what it remembers, codecs and the schema changes that are none of its; replaced as a whole, so that an id is
/// never used with another preparation's columns (R1).
/// </summary>
internal sealed class PreparedState
{
    private readonly Codec?[] _codecs;
    private long _place;

    internal PreparedState(
        byte[] id, byte[]? resultMetadataId, ResultMetadata variables, ushort[] partitionKey, RowDecoder result, CodecRegistry codecs,
        ProtocolVersion version)
    {
        Id = id;
        ResultMetadataId = resultMetadataId;
        Variables = variables;
        PartitionKey = partitionKey;
        Result = result;
        Codecs = codecs;
        Version = version;
        _codecs = new Codec?[variables.Count];
    }

    internal byte[] Id { get; }

    /// <summary>v5, and ScyllaDB's extension to v3 and v4: names the columns in <see cref="Result"/>; null otherwise.</summary>
    internal byte[]? ResultMetadataId { get; }

    internal ResultMetadata Variables { get; }

    /// <summary>For each column of the partition key, which variable it is; empty where that is not known, or not all of them are.</summary>
    internal ushort[] PartitionKey { get; }

    /// <summary>Where its table is; null for a statement without values.</summary>
    internal string? Keyspace => Variables.Count > 0 ? Variables.Columns[0].Keyspace : null;

    /// <summary>The routing table that it was last routed by and the place of its keyspace there: spares looking that up for each request, and keeps no table alive.</summary>
    internal KeyspacePlace Place
    {
        get => KeyspacePlace.FromInt64(Volatile.Read(ref _place));
        set => Volatile.Write(ref _place, value.ToInt64());
    }

    /// <summary>The columns of the rows; of none where the server can't tell beforehand, as for conditional statements.</summary>
    internal RowDecoder Result { get; }

    internal CodecRegistry Codecs { get; }

    /// <summary>True when the server has marked it as a conditional statement.</summary>
    internal bool IsMarkedConditional { get; init; }

    /// <summary>The last schema change of which it is known that it does not make this stale.</summary>
    internal int KnownChange { get; set; }

    internal ProtocolVersion Version { get; }

    /// <summary>True when answers may come without their columns: where servers say when they change, as in v5, and only where there are any.</summary>
    internal bool SkipsMetadata => ResultMetadataId is not null && Result.Metadata.Count > 0;

    internal PreparedState WithResult(byte[] resultMetadataId, RowDecoder result) =>
        new(Id, resultMetadataId, Variables, PartitionKey, result, Codecs, Version) { KnownChange = KnownChange, IsMarkedConditional = IsMarkedConditional };

    /// <summary>True when values encoded for the other state can be sent with this one.</summary>
    internal bool TakesValuesOf(PreparedState other)
    {
        if (Variables.Count != other.Variables.Count)
        {
            return false;
        }

        for (var i = 0; i < Variables.Count; i++)
        {
            if (!AlteredTypes.Take(Variables.Columns[i].Type, other.Variables.Columns[i].Type))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Appends a [value] (native protocol §3) for a variable, checked against its column.</summary>
    internal void Write<T>(CqlWriter writer, int index, T value)
    {
        if (value is null)
        {
            WriteNull(writer, index);
            return;
        }

        if (value is Unset)
        {
            WriteUnset(writer, index);
            return;
        }

        try
        {
            var start = writer.BeginLength();
            if (typeof(T) != typeof(object) && CodecOf<T>(index) is { } codec)
            {
                codec.Write(writer, value);
            }
            else
            {
                Codecs.GetFor(Variables.Columns[index].Type, value.GetType()).WriteObject(writer, value);
            }

            writer.EndLength(start);
        }
        catch (InvalidTypeException e)
        {
            throw e.WithColumn(Variables.Columns[index].Name);
        }
        catch (InvalidValueException e)
        {
            throw e.WithColumn(Variables.Columns[index].Name);
        }
    }

    /// <summary>Appends a value whose static type was kept by a simple statement.</summary>
    internal void Write(CqlWriter writer, int index, CqlValue value)
    {
        if (value.IsNull)
        {
            WriteNull(writer, index);
            return;
        }

        if (value.IsUnset)
        {
            WriteUnset(writer, index);
            return;
        }

        try
        {
            var start = writer.BeginLength();
            value.Write(writer, Variables.Columns[index].Type, Codecs);
            writer.EndLength(start);
        }
        catch (InvalidTypeException e)
        {
            throw e.WithColumn(Variables.Columns[index].Name);
        }
        catch (InvalidValueException e)
        {
            throw e.WithColumn(Variables.Columns[index].Name);
        }
    }

    internal void WriteNull(CqlWriter writer, int index)
    {
        if (IsPartitionKey(index))
        {
            throw new InvalidValueException("is part of the partition key, which can't be null.", Variables.Columns[index].Type, clrType: null)
                .WithColumn(Variables.Columns[index].Name);
        }

        writer.WriteInt32(-1);
    }

    internal void WriteUnset(CqlWriter writer, int index)
    {
        if (IsPartitionKey(index))
        {
            throw new InvalidValueException(
                "is part of the partition key, which can't be left unset.", Variables.Columns[index].Type, clrType: null)
                .WithColumn(Variables.Columns[index].Name);
        }

        if (Version < ProtocolVersion.V4)
        {
            throw new InvalidValueException(
                "has no value. Leaving values unset needs native protocol v4; on v3 give every marker a value, or null.", Variables.Columns[index].Type, clrType: null)
                .WithColumn(Variables.Columns[index].Name);
        }

        writer.WriteInt32(-2);
    }

    /// <summary>Null when the static type has none: the class of the value may tell what an interface does not.</summary>
    private Codec<T>? CodecOf<T>(int index)
    {
        if (_codecs[index] is Codec<T> known)
        {
            return known;
        }

        if (Codecs.TryGet<T>(Variables.Columns[index].Type, out var codec))
        {
            _codecs[index] = codec;
        }

        return codec;
    }

    private bool IsPartitionKey(int index)
    {
        for (var i = 0; i < PartitionKey.Length; i++)
        {
            if (PartitionKey[i] == index)
            {
                return true;
            }
        }

        return false;
    }
}
