using System.Collections.Immutable;
using Ilium.Connection;
using Ilium.Types;

namespace Ilium.Topology.Schema;

/// <summary>
/// Reads the schema, or what has changed of it, over one connection: all tables of it at once, page by page. Tables and columns that a server does not
/// have cost what they would have said, never the rest.
/// </summary>
/// <param name="codecs">Decode what comes.</param>
/// <param name="keyspaces">The keyspaces to read; all when empty.</param>
/// <param name="ignored">Told of rows that can't be read.</param>
/// <param name="deadline">When a page that is asked for now is given up, in milliseconds of the cluster's clock.</param>
internal sealed class SchemaReader(CodecRegistry codecs, IReadOnlyList<string> keyspaces, Action<string, Exception> ignored, Func<long> deadline)
{
    private const string VersionQuery = "SELECT schema_version FROM system.local WHERE key='local'";

    private static readonly SchemaSource[] RelationSources =
        [SchemaSource.Tables, SchemaSource.Views, SchemaSource.Columns, SchemaSource.Indexes, SchemaSource.Triggers, SchemaSource.Masks];

    private readonly SchemaQuery _query = new(codecs, deadline);

    /// <summary>True for a keyspace that is to be read.</summary>
    internal bool Wants(string keyspace) => keyspaces.Count == 0 || keyspaces.Contains(keyspace);

    /// <summary>Reads everything.</summary>
    internal async Task<SchemaSnapshot> ReadAsync(CqlConnection connection)
    {
        // Before the tables: what changes while they are read is told by an event, and this is then the older one.
        var schema = SchemaSnapshot.Nothing with { Version = await ReadVersionAsync(connection).Inline() };
        if (keyspaces.Count == 0)
        {
            var all = await ReadAsync(connection, SchemaSources.All, [], BuildAll).Inline();
            return schema with { Keyspaces = all };
        }

        foreach (var name in keyspaces)
        {
            schema = schema.With(name, await ReadKeyspaceAsync(connection, name).Inline());
        }

        return schema;
    }

    /// <summary>Reads what is wanted, and gives the schema with it.</summary>
    internal async Task<SchemaSnapshot> ReadAsync(CqlConnection connection, SchemaSnapshot schema, SchemaWants wants)
    {
        if (wants.Everything)
        {
            return await ReadAsync(connection).Inline();
        }

        var version = await ReadVersionAsync(connection).Inline();
        if (wants.WhatWasMissed && !(schema.IsWhole && version is not null && version == schema.Version))
        {
            return await ReadAsync(connection).Inline();
        }

        schema = schema with { Version = version, IsWhole = schema.IsWhole && wants.Keyspaces.Count == 0 };
        foreach (var (name, wanted) in wants.Keyspaces)
        {
            var known = schema.Keyspaces.GetValueOrDefault(name)?.Parts;
            schema = schema.With(name, await ReadKeyspaceAsync(connection, name, known, wanted).Inline());
        }

        return schema;
    }

    private async Task<Guid?> ReadVersionAsync(CqlConnection connection)
    {
        using var table = await _query.ReadAsync(connection, VersionQuery).Inline();
        foreach (var row in table.Rows(new TextPool()))
        {
            return row.Uuid("schema_version");
        }

        return null;
    }

    private async Task<KeyspaceParts?> ReadKeyspaceAsync(CqlConnection connection, string name, KeyspaceParts? parts, KeyspaceWants wanted)
    {
        // Functions hold the types of their arguments, so other types mean other functions.
        var typesReachFurther = wanted.Types && parts is { Functions.IsEmpty: false } or { Aggregates.IsEmpty: false };
        // v3 has no events for functions: it says that the keyspace has changed.
        var maybeFunctions = wanted.Head && connection.Version < ProtocolVersion.V4;
        if (parts is null || wanted.Whole || typesReachFurther || maybeFunctions)
        {
            return await ReadKeyspaceAsync(connection, name).Inline();
        }

        if (wanted.Head)
        {
            var head = await ReadAsync(connection, [SchemaSource.Keyspaces], [name], all => Rows(all, name) is { Keyspace: not null } rows ? Builder(name, rows).Head() : null).Inline();
            if (head is null)
            {
                return null;
            }

            parts = parts with { DurableWrites = head.DurableWrites, Replication = head.Replication, GraphEngine = head.GraphEngine };
        }

        if (wanted.Types)
        {
            parts = await ReadAsync(connection, [SchemaSource.Types], [name], all => WithTypes(parts, Rows(all, name))).Inline();
        }

        foreach (var function in wanted.Functions)
        {
            parts = await ReadAsync(connection, [SchemaSource.Functions], [name, function], all => WithFunctions(parts, function, Rows(all, name))).Inline();
        }

        foreach (var aggregate in wanted.Aggregates)
        {
            parts = await ReadAsync(connection, [SchemaSource.Aggregates], [name, aggregate], all => WithAggregates(parts, aggregate, Rows(all, name))).Inline();
        }

        foreach (var relation in wanted.Relations)
        {
            parts = await ReadAsync(connection, RelationSources, [name, relation], all => WithRelation(parts, relation, Rows(all, name))).Inline();
        }

        return parts;
    }

    private Task<KeyspaceParts?> ReadKeyspaceAsync(CqlConnection connection, string name) => ReadAsync(
        connection, SchemaSources.All, [name], all => Rows(all, name) is { Keyspace: not null } rows ? Builder(name, rows).Build() : null);

    private ImmutableSortedDictionary<string, KeyspaceMetadata> BuildAll(Dictionary<string, KeyspaceRows> all)
    {
        var options = new OptionsReader();
        return all.Where(static entry => entry.Value.Keyspace is not null)
            .Select(entry => new KeyspaceMetadata(new KeyspaceBuilder(entry.Key, entry.Value, new TypeResolver(entry.Key), options, ignored).Build()))
            .ToImmutableSortedDictionary(static keyspace => keyspace.Name, static keyspace => keyspace, StringComparer.Ordinal);
    }

    private KeyspaceBuilder Builder(string name, KeyspaceRows rows, KeyspaceParts? known = null) =>
        new(name, rows, known is null ? new TypeResolver(name) : TypeResolver.From(known), new OptionsReader(), ignored);

    private KeyspaceParts WithTypes(KeyspaceParts parts, KeyspaceRows rows)
    {
        var resolver = new TypeResolver(parts.Name);
        new KeyspaceBuilder(parts.Name, rows, resolver, new OptionsReader(), ignored).DeclareTypes();
        return parts.WithTypes(resolver, resolver.UserTypes());
    }

    private KeyspaceParts WithFunctions(KeyspaceParts parts, string name, KeyspaceRows rows) => parts with
    {
        Functions = parts.Functions.RemoveRange(parts.Functions.Values.Where(known => known.Name == name).Select(static known => known.Signature))
            .SetItems(Builder(parts.Name, rows, parts).Functions()),
    };

    private KeyspaceParts WithAggregates(KeyspaceParts parts, string name, KeyspaceRows rows) => parts with
    {
        Aggregates = parts.Aggregates.RemoveRange(parts.Aggregates.Values.Where(known => known.Name == name).Select(static known => known.Signature))
            .SetItems(Builder(parts.Name, rows, parts).Aggregates()),
    };

    private KeyspaceParts WithRelation(KeyspaceParts parts, string name, KeyspaceRows rows)
    {
        var builder = Builder(parts.Name, rows, parts);
        var view = builder.Views().GetValueOrDefault(name);
        return parts.WithTable(name, builder.Tables(parts).GetValueOrDefault(name)).WithView(name, view);
    }

    private static KeyspaceRows Rows(Dictionary<string, KeyspaceRows> all, string keyspace) => all.GetValueOrDefault(keyspace) ?? new KeyspaceRows();

    /// <summary>Reads tables of the schema at once, sorts their rows by keyspace and has something made of them before their memory is given back.</summary>
    /// <param name="connection">Whom to ask.</param>
    /// <param name="sources">Which tables.</param>
    /// <param name="keys">Nothing for all rows, a keyspace, or a keyspace and a name in it.</param>
    /// <param name="build">What to make of the rows.</param>
    private async Task<T> ReadAsync<T>(
        CqlConnection connection, SchemaSource[] sources, IReadOnlyList<string> keys, Func<Dictionary<string, KeyspaceRows>, T> build)
    {
        var reads = sources.Select(source => ReadAsync(connection, source, keys)).ToArray();
        foreach (var read in reads)
        {
            // All of them, also after a failure: what they bring is given back.
            await read.InlineEnd();
        }

        try
        {
            var texts = new TextPool();
            var all = new Dictionary<string, KeyspaceRows>(StringComparer.Ordinal);
            for (var i = 0; i < reads.Length; i++)
            {
                foreach (var row in (await reads[i].Inline()).Rows(texts))
                {
                    if (row.Text("keyspace_name") is not { } name)
                    {
                        continue;
                    }

                    if (!all.TryGetValue(name, out var rows))
                    {
                        all[name] = rows = new KeyspaceRows();
                    }

                    rows.Add(sources[i], row);
                }
            }

            return build(all);
        }
        finally
        {
            foreach (var read in reads.Where(static read => read.IsCompletedSuccessfully))
            {
                (await read.Inline()).Dispose();
            }
        }
    }

    private async Task<SchemaTable> ReadAsync(CqlConnection connection, SchemaSource source, IReadOnlyList<string> keys)
    {
        try
        {
            return await _query.ReadAsync(connection, SchemaSources.QueryOf(source, keys.Count), keys).Inline();
        }
        catch (ServerException e) when (source != SchemaSource.Keyspaces && e is InvalidQueryException or SyntaxErrorException or UnauthorizedException)
        {
            // Older servers and other makers' have fewer tables. Without that of the keyspaces there is nothing, and the failure is told.
            return SchemaTable.Missing;
        }
    }
}
