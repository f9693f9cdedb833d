using System.Collections.Immutable;

namespace Ilium.Topology.Schema;

/// <summary>
/// Makes the parts of a keyspace of its rows. A row that can't be read costs what it describes, and a line in the log; never its neighbours.
/// Used by one thread.
/// </summary>
internal sealed class KeyspaceBuilder(string keyspace, KeyspaceRows rows, TypeResolver resolver, OptionsReader options, Action<string, Exception> ignored)
{
    private readonly RelationBuilder _relations = new(keyspace, rows, resolver, options);

    /// <summary>The whole keyspace.</summary>
    internal KeyspaceParts Build()
    {
        DeclareTypes();
        var views = Views();
        var parts = Head() with
        {
            Types = resolver.UserTypes(),
            Functions = Functions(),
            Aggregates = Aggregates(),
            Views = views,
        };
        return parts with { Tables = Tables(parts) };
    }

    /// <summary>The keyspace itself, without what is in it.</summary>
    internal KeyspaceParts Head()
    {
        var head = new KeyspaceParts { Name = keyspace, IsVirtual = rows.IsVirtual };
        if (rows.Keyspace is { } row)
        {
            Try(() => head = head with
            {
                DurableWrites = row.Boolean("durable_writes") ?? true,
                Replication = row.Map("replication"),
                GraphEngine = row.Text("graph_engine"),
            }, "keyspace");
        }

        return head;
    }

    internal void DeclareTypes()
    {
        foreach (var row in rows.Types)
        {
            Try(() => resolver.Declare(row.Required("type_name"), row.Texts("field_names"), row.Texts("field_types")), "type", row, "type_name");
        }
    }

    internal ImmutableSortedDictionary<string, TableMetadata> Tables(KeyspaceParts parts) =>
        Each(rows.Tables, "table", "table_name", row => _relations.Table(row, parts.ViewsOf), static table => table.Name);

    internal ImmutableSortedDictionary<string, ViewMetadata> Views() =>
        Each(rows.Views, "materialized view", "view_name", _relations.View, static view => view.Name);

    internal ImmutableSortedDictionary<string, FunctionMetadata> Functions() =>
        Each(rows.Functions, "function", "function_name", Function, static function => function.Signature);

    internal ImmutableSortedDictionary<string, AggregateMetadata> Aggregates() =>
        Each(rows.Aggregates, "aggregate", "aggregate_name", Aggregate, static aggregate => aggregate.Signature);

    private FunctionMetadata Function(SchemaRow row)
    {
        var types = row.Texts("argument_types");
        var names = row.Texts("argument_names");
        var returnType = row.Required("return_type");
        return new FunctionMetadata
        {
            Keyspace = keyspace,
            Name = row.Required("function_name"),
            Arguments = [.. types.Zip(names, (type, name) => new FunctionArgument(name, resolver.Resolve(type), type))],
            ReturnType = resolver.Resolve(returnType),
            DeclaredReturnType = returnType,
            Language = row.Text("language") ?? "",
            Body = row.Text("body") ?? "",
            IsCalledOnNullInput = row.Boolean("called_on_null_input") ?? false,
            IsDeterministic = row.Boolean("deterministic"),
            IsMonotonic = row.Boolean("monotonic"),
            MonotonicOn = row.Texts("monotonic_on"),
        };
    }

    private AggregateMetadata Aggregate(SchemaRow row)
    {
        var types = row.Texts("argument_types");
        var returnType = row.Required("return_type");
        var stateType = row.Text("state_type") ?? returnType;
        return new AggregateMetadata
        {
            Keyspace = keyspace,
            Name = row.Required("aggregate_name"),
            ArgumentTypes = [.. types.Select(resolver.Resolve)],
            DeclaredArgumentTypes = types,
            StateFunction = row.Required("state_func"),
            StateType = resolver.Resolve(stateType),
            DeclaredStateType = stateType,
            FinalFunction = row.Text("final_func"),
            InitialCondition = row.Text("initcond"),
            ReturnType = resolver.Resolve(returnType),
            IsDeterministic = row.Boolean("deterministic"),
        };
    }

    private ImmutableSortedDictionary<string, T> Each<T>(
        List<SchemaRow> list, string what, string nameColumn, Func<SchemaRow, T?> build, Func<T, string> key)
        where T : class
    {
        var built = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var row in list)
        {
            Try(() =>
            {
                if (build(row) is { } item)
                {
                    built[key(item)] = item;
                }
            }, what, row, nameColumn);
        }

        return built.ToImmutable();
    }

    private void Try(Action build, string what, SchemaRow? row = null, string? nameColumn = null)
    {
        try
        {
            build();
        }
        catch (Exception e)
        {
            ignored($"{what} {keyspace}{(nameColumn is null ? "" : "." + Name(row!.Value, nameColumn))}", e);
        }
    }

    // The name itself may be what can't be read.
    private static string Name(SchemaRow row, string column)
    {
        try
        {
            return row.Text(column) ?? "(without a name)";
        }
        catch (Exception)
        {
            return "(with an unreadable name)";
        }
    }
}
