using System.Collections.Immutable;
using Ilium.Embedded.Execution.Definitions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.SystemTables;

namespace Ilium.Embedded.Execution;

/// <summary>What all nodes of a cluster share: schema, rows, roles, clock.</summary>
/// <remarks>Threads: any. The schema is replaced by one reference write, under the lock of those who change it.</remarks>
internal sealed class Database
{
    private readonly Lock _changing = new();
    private readonly TimeUuidSource _uuids;
    private readonly string? _directory;
    private volatile DatabaseSchema _schema;
    private ImmutableArray<EmbeddedNode> _nodes = [];

    internal Database(EmbeddedNodeOptions options)
    {
        ClusterName = options.ClusterName;
        _directory = options.Directory;
        Clock = new ServerClock(options.TimeProvider);
        _uuids = new TimeUuidSource(Clock);
        Roles = new RoleStore();
        _schema = new DatabaseSchema(SystemKeyspaces.All, SchemaVersion.Of(SystemKeyspaces.All));
    }

    internal string ClusterName { get; }

    internal ServerClock Clock { get; }

    internal RoleStore Roles { get; }

    internal TraceStore Traces { get; } = new();

    internal DatabaseSchema Schema => _schema;

    internal ImmutableArray<EmbeddedNode> Nodes => _nodes;

    internal TimeUuid NewTimeUuid() => _uuids.Next();

    internal TimeUuid NewPrependUuid() => _uuids.NextPrepended();

    internal void Join(ImmutableArray<EmbeddedNode> nodes) => _nodes = nodes;

    /// <summary>Reads what a run before has kept, where there is a directory.</summary>
    internal void Load()
    {
        if (_directory is not null)
        {
            Persistence.Load(_directory, this, new RequestContext(_nodes[0].Server.Engine, new ClientState()));
        }
    }

    internal void Save()
    {
        if (_directory is not null)
        {
            Persistence.Save(_directory, Schema);
        }
    }

    /// <summary>Changes the schema and tells everybody. A change that gives null, or no result, changes nothing.</summary>
    internal SchemaResult? Change(Func<DatabaseSchema, SchemaStep?> change, RequestContext context)
    {
        SchemaResult? result;
        lock (_changing)
        {
            if (change(_schema) is not { } changed)
            {
                return null;
            }

            foreach (var warning in changed.Warnings)
            {
                context.Warn(warning);
            }

            result = changed.Result;
            if (result is null)
            {
                return null;
            }

            Replace(changed.Keyspaces);
        }

        foreach (var node in _nodes)
        {
            node.Server.Push("SCHEMA_CHANGE", (writer, version) => ResultWriter.WriteChange(writer, version, result));
        }

        return result;
    }

    private void Replace(ImmutableSortedDictionary<string, KeyspaceDefinition> keyspaces) => _schema = new DatabaseSchema(keyspaces, SchemaVersion.Of(keyspaces));
}
