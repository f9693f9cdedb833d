using Ilium.Embedded.Execution;
using Ilium.Embedded.Execution.Definitions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Storage;

/// <summary>Keeps schema and rows in a directory between runs: the schema as CQL, the rows as bytes.</summary>
/// <remarks>Both files are written beside the old ones and then take their place, so that a run that is cut short leaves what the run before had.</remarks>
internal static class Persistence
{
    private const string SchemaFile = "schema.cql";
    private const string RowsFile = "rows.bin";
    private const int Version = 1;

    internal static void Load(string directory, Database database, RequestContext context)
    {
        var schemaPath = Path.Combine(directory, SchemaFile);
        if (!File.Exists(schemaPath))
        {
            return;
        }

        foreach (var statement in File.ReadAllText(schemaPath).Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            context.Begin(null);
            context.Engine.Query(statement, new QueryOptions(), context);
        }

        using var reader = new BinaryReader(File.OpenRead(Path.Combine(directory, RowsFile)));
        if (reader.ReadInt32() != Version)
        {
            throw new InvalidDataException($"{Path.Combine(directory, RowsFile)} was written by another version of the embedded node.");
        }

        while (reader.ReadBoolean())
        {
            var (keyspace, name) = (reader.ReadString(), reader.ReadString());
            var table = database.Schema.Find(keyspace, name) ?? throw new InvalidDataException($"{RowsFile} has rows of {keyspace}.{name}, which {SchemaFile} does not create.");
            RowFiles.Read(reader, table);
        }
    }

    internal static void Save(string directory, DatabaseSchema schema)
    {
        Directory.CreateDirectory(directory);
        var keyspaces = schema.Keyspaces.Values.Where(k => !k.IsSystem).ToList();
        Replace(Path.Combine(directory, SchemaFile), stream =>
        {
            using var writer = new StreamWriter(stream);
            foreach (var keyspace in keyspaces)
            {
                Write(writer, keyspace);
            }
        });
        Replace(Path.Combine(directory, RowsFile), stream =>
        {
            using var writer = new BinaryWriter(stream);
            writer.Write(Version);
            foreach (var table in keyspaces.SelectMany(k => k.Tables.Values))
            {
                writer.Write(true);
                writer.Write(table.Keyspace);
                writer.Write(table.Name);
                RowFiles.Write(writer, table);
            }

            writer.Write(false);
        });
    }

    private static void Write(StreamWriter writer, KeyspaceDefinition keyspace)
    {
        Write(DefinitionText.Of(keyspace));

        // A type comes after those its fields have.
        var left = keyspace.Types.Values.ToList();
        while (left.Count > 0)
        {
            var next = left.First(type => !left.Any(other => other != type && DefinitionText.Of(type).Contains($"<{CqlIdentifier.ToCql(other.Name)}>", StringComparison.Ordinal)));
            Write(DefinitionText.Of(next));
            left.Remove(next);
        }

        foreach (var table in keyspace.Tables.Values)
        {
            Write(DefinitionText.Creation(table, withInternals: true));
            foreach (var drop in DefinitionText.Drops(table))
            {
                Write(drop);
            }

            foreach (var index in table.Indexes.Values)
            {
                Write(DefinitionText.Of(table, index));
            }
        }

        void Write(string statement)
        {
            writer.Write(statement.Replace("\n\n", "\n", StringComparison.Ordinal));
            writer.Write("\n\n");
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        var temporary = path + ".new";
        using (var stream = File.Create(temporary))
        {
            write(stream);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
