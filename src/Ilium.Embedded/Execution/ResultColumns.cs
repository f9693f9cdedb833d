using System.Collections.Immutable;
using System.Security.Cryptography;
using Ilium.Buffers;
using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Execution;

/// <summary>One column of a result, or one variable of a prepared statement.</summary>
internal sealed record ResultColumn(string Keyspace, string Table, string Name, CqlType Type);

/// <summary>The columns of a result with their encoding, which is made once a protocol version. Immutable to its users.</summary>
internal sealed class ResultColumns(ImmutableArray<ResultColumn> columns)
{
    private const int GlobalTable = 0x01;

    private readonly byte[]?[] _encoded = new byte[6][];
    private byte[]? _id;

    internal static ResultColumns Empty { get; } = new([]);

    internal ImmutableArray<ResultColumn> Columns { get; } = columns;

    internal int Count => Columns.Length;

    internal int Flags { get; } = columns.Length > 0 && columns[0] is not null && columns.All(c => c is not null && c.Keyspace == columns[0].Keyspace && c.Table == columns[0].Table) ? GlobalTable : 0;

    /// <summary>What v5 knows these columns by.</summary>
    internal byte[] Id => _id ??= ComputeId();

    /// <summary>The column specifications, with what all share before them.</summary>
    internal ReadOnlySpan<byte> Encoded(ProtocolVersion version) => _encoded[(int)version] ??= Encode(version);

    private byte[] Encode(ProtocolVersion version)
    {
        using var writer = new CqlWriter();
        if (Flags != 0)
        {
            writer.WriteString(Columns[0].Keyspace);
            writer.WriteString(Columns[0].Table);
        }

        foreach (var column in Columns)
        {
            if (Flags == 0)
            {
                writer.WriteString(column.Keyspace);
                writer.WriteString(column.Table);
            }

            writer.WriteString(column.Name);
            TypeEncoding.Write(writer, column.Type, version);
        }

        return writer.WrittenSpan.ToArray();
    }

    // The protocol leaves it to servers how they make the id; CA5351 is about secrets.
#pragma warning disable CA5351
    private byte[] ComputeId()
    {
        // Names and types: the same columns of another table have the same id, as on a server.
        using var writer = new CqlWriter();
        foreach (var column in Columns)
        {
            writer.WriteString(column.Name);
            TypeEncoding.Write(writer, column.Type, ProtocolVersion.V5);
        }

        return MD5.HashData(writer.WrittenSpan);
    }

#pragma warning restore CA5351
}
