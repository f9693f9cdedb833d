using System.Buffers;
using System.Text;
using Ilium.Embedded.Cql;
using Ilium.Embedded.Execution;
using Ilium.Embedded.Execution.Definitions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Storage;

/// <summary>Keeps schema and rows in a directory between runs: the schema as CQL, the rows as bytes.</summary>
/// <remarks>
/// The first line of the schema names the file with its rows. Each save writes a new one, then puts a new schema in the place of the old, and only then
/// deletes the rows of before: whenever it is cut short, the directory holds what the run before had, or all of this one.
/// </remarks>
internal static class Persistence
{
    private const string SchemaFile = "schema.cql";
    private const string RowsOf = "// The rows are in ";
    private const string RowsPattern = "rows-*.bin";
    private const int Version = 1;

    internal static void Load(string directory, Database database, RequestContext context)
    {
        var schemaPath = Path.Combine(directory, SchemaFile);
        if (!File.Exists(schemaPath))
        {
            return;
        }

        var schema = File.ReadAllText(schemaPath);
        foreach (var statement in Statements(schema))
        {
            context.Begin(null);
            context.Engine.Query(statement, new QueryOptions(), context);
        }

        var rowsPath = Path.Combine(directory, RowsFileOf(schema) ?? throw new InvalidDataException($"{schemaPath} does not begin with \"{RowsOf}\" and the name of a file."));
        using var reader = new BinaryReader(File.OpenRead(rowsPath));
        if (reader.ReadInt32() != Version)
        {
            throw new InvalidDataException($"{rowsPath} was written by another version of the embedded node.");
        }

        while (reader.ReadBoolean())
        {
            var (keyspace, name) = (reader.ReadString(), reader.ReadString());
            var table = database.Schema.Find(keyspace, name) ?? throw new InvalidDataException($"{rowsPath} has rows of {keyspace}.{name}, which {schemaPath} does not create.");
            RowFiles.Read(reader, table);
        }
    }

    internal static void Save(string directory, DatabaseSchema schema)
    {
        Directory.CreateDirectory(directory);
        var schemaPath = Path.Combine(directory, SchemaFile);
        var keyspaces = schema.Keyspaces.Values.Where(k => !k.IsSystem).ToList();
        var rowsFile = $"rows-{Guid.NewGuid():N}.bin";
        WriteFile(Path.Combine(directory, rowsFile), stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
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
        WriteFile(schemaPath + ".new", stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write($"{RowsOf}{rowsFile}\n\n");
            foreach (var keyspace in keyspaces)
            {
                Write(writer, keyspace);
            }
        });
        File.Move(schemaPath + ".new", schemaPath, overwrite: true);
        foreach (var file in Directory.EnumerateFiles(directory, RowsPattern).Where(file => Path.GetFileName(file) != rowsFile))
        {
            File.Delete(file);
        }
    }

    private static string? RowsFileOf(string schema)
    {
        var line = schema.AsSpan(0, Math.Max(0, schema.IndexOf('\n', StringComparison.Ordinal)));
        return line.StartsWith(RowsOf) ? line[RowsOf.Length..].ToString() : null;
    }

    /// <summary>The statements of a text: each ends with a semicolon, which in a literal is none.</summary>
    private static List<string> Statements(string text)
    {
        var tokens = new CqlLexer(text).Tokenize(out var count);
        var statements = new List<string>();
        var start = 0;
        foreach (var token in tokens.AsSpan(0, count))
        {
            if (token.Kind == TokenKind.Semicolon)
            {
                statements.Add(text[start..token.End]);
                start = token.End;
            }
        }

        ArrayPool<Cql.Token>.Shared.Return(tokens);
        return statements;
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
            writer.Write(statement);
            writer.Write("\n\n");
        }
    }

    /// <summary>Writes a file that is on the disk before anything refers to it.</summary>
    private static void WriteFile(string path, Action<Stream> write)
    {
        using var stream = File.Create(path);
        write(stream);
        stream.Flush(flushToDisk: true);
    }
}
