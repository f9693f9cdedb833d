using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Execution;

/// <summary>The version of a schema: the same for the same definitions, on whichever node and in whichever run.</summary>
internal static class SchemaVersion
{
    internal static Guid Of(ImmutableSortedDictionary<string, KeyspaceDefinition> keyspaces)
    {
        var hash = new XxHash128();
        foreach (var keyspace in keyspaces.Values.Where(k => !k.IsSystem))
        {
            Add(keyspace.Name);
            Add(keyspace.DurableWrites.ToString());
            Add(keyspace.Replication);
            foreach (var type in keyspace.Types.Values)
            {
                Add(type.Name);
                Add(string.Join(',', type.Fields.Select(f => f.Name + " " + TypeText.Of(f.Type, f.IsMulticell))));
            }

            foreach (var table in keyspace.Tables.Values)
            {
                Add(table.Id.ToString());
                Add(table.Name);
                Add(table.Options.ToString());
                Add(table.Options.Compaction);
                Add(table.Options.Compression);
                Add(table.Options.Caching);
                Add(string.Join(',', table.Columns.Select(c => $"{c.Name} {c.TypeText} {c.Kind} {c.Position} {c.IsReversed}")));
                foreach (var index in table.Indexes.Values)
                {
                    Add(index.Name);
                    Add(index.Options);
                }
            }
        }

        // The shape of a version 3 UUID, which is what servers give.
        var bytes = hash.GetCurrentHash();
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x30);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);

        void Add(object part)
        {
            var text = part is ImmutableSortedDictionary<string, string> map ? string.Join(',', map.Select(p => p.Key + "=" + p.Value)) : part.ToString()!;
            hash.Append(Encoding.UTF8.GetBytes(text));
            hash.Append([0]);
        }
    }
}
