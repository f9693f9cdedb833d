using System.Collections.Immutable;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Modifications;

internal enum ModificationKind
{
    Insert,
    Update,
    Delete,
}

/// <summary>An INSERT, UPDATE or DELETE that was checked. Immutable; run by any threads.</summary>
internal sealed class CompiledModification(ModificationKind kind, TableDefinition target, KeyRestrictions restrictions, ImmutableArray<Operation> operations) : CompiledStatement
{
    private const int MaxTimeToLive = 630_720_000;

    internal ModificationKind Kind { get; } = kind;

    internal TableDefinition Target { get; } = target;

    internal KeyRestrictions Restrictions { get; } = restrictions;

    internal ImmutableArray<Operation> Operations { get; } = operations;

    internal Expression? Timestamp { get; init; }

    internal Expression? TimeToLive { get; init; }

    internal bool IfNotExists { get; init; }

    internal bool IfExists { get; init; }

    internal ImmutableArray<Condition> Conditions { get; init; } = [];

    internal bool IsConditional => IfNotExists || IfExists || !Conditions.IsEmpty;

    /// <summary>INSERT JSON: the values of the columns in its text, which the operations and keys refer to.</summary>
    internal JsonValues? Json { get; init; }

    internal bool ChangesStatics => Operations.Any(o => o.Column.IsStatic);

    internal bool ChangesRows => Operations.Any(o => !o.Column.IsStatic);

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        CheckConsistency(options);
        var scope = NewScope(options.Values, options, context);
        if (!IsConditional)
        {
            var prepared = Prepare(scope, options.Timestamp, null);
            lock (Target.Store.Gate)
            {
                prepared.Check();
                prepared.Apply();
            }

            return VoidResult.Instance;
        }

        return ConditionalRun.Run([(this, scope)], options, context, isBatch: false);
    }

    internal void CheckConsistency(QueryOptions options)
    {
        if (!IsConditional && options.Consistency is ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial)
        {
            throw CqlError.Invalid("You must use conditional updates for serializable writes");
        }

        if (Target.IsCounter && options.Consistency == ConsistencyLevel.Any)
        {
            throw CqlError.Invalid($"Consistency level ANY is not yet supported for counter table {Target.Name}");
        }
    }

    internal Scope NewScope(byte[]?[] values, QueryOptions options, RequestContext context) =>
        new(options, Json is null ? values : Json.Values(values), context) { Table = Target };

    /// <summary>Evaluates everything, so that writing can't fail half way.</summary>
    /// <param name="scope">With the values.</param>
    /// <param name="requestTimestamp">What the request says.</param>
    /// <param name="shared">The timestamp of the batch this is in; null for one of its own.</param>
    internal PreparedWrite Prepare(Scope scope, long? requestTimestamp, long? shared)
    {
        var context = scope.Context;
        var keys = Restrictions.PartitionKeys(scope);
        var inputs = Operations.IsEmpty ? [] : new OperationInput[Operations.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Operations[i].Evaluate(scope);
        }

        var timestamp = TimestampOf(scope) ?? shared ?? requestTimestamp ?? context.Engine.Database.Clock.NextTimestamp(context.NowMicroseconds);
        var timeToLive = TimeToLiveOf(scope);
        var stamp = timeToLive > 0 ? new Stamp(timestamp, timeToLive, context.NowSeconds + timeToLive) : new Stamp(timestamp);
        return new PreparedWrite(this, context, keys, inputs, stamp, SlicesOf(scope));
    }

    private List<ClusteringSlice>? SlicesOf(Scope scope) => Target.ClusteringKey.Length == 0 ? null : Restrictions.Slices(scope);

    private long? TimestampOf(Scope scope)
    {
        if (Timestamp is null)
        {
            return null;
        }

        var value = Timestamp.Evaluate(scope);
        if (ReferenceEquals(value, QueryOptions.Unset))
        {
            return null;
        }

        var timestamp = value is { Length: 8 } ? ValueBytes.ToBigint(value) : throw CqlError.Invalid(value is null ? "Invalid null value of timestamp" : "Invalid timestamp value: ");
        return timestamp == long.MinValue ? throw CqlError.Invalid($"Out of bound timestamp, must be in [{long.MinValue + 1}, {long.MaxValue}]") : timestamp;
    }

    private int TimeToLiveOf(Scope scope)
    {
        if (TimeToLive is null)
        {
            return Target.IsCounter ? 0 : Target.Options.DefaultTimeToLive;
        }

        var value = TimeToLive.Evaluate(scope);
        if (ReferenceEquals(value, QueryOptions.Unset))
        {
            return Target.Options.DefaultTimeToLive;
        }

        if (value is null)
        {
            return 0;
        }

        var seconds = value.Length == 4 ? ValueBytes.ToInt(value) : throw CqlError.Invalid("Invalid timestamp value: ");
        return seconds < 0 ? throw CqlError.Invalid($"A TTL must be greater or equal to 0, but was {seconds}")
            : seconds > MaxTimeToLive ? throw CqlError.Invalid($"ttl is too large. requested ({seconds}) maximum ({MaxTimeToLive})")
            : seconds;
    }
}
