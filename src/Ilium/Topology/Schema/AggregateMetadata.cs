using System.Text;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>A user-defined aggregate. Aggregates of one name differ by the types of their arguments. Immutable.</summary>
public sealed class AggregateMetadata
{
    internal AggregateMetadata()
    {
    }

    /// <summary>The keyspace it belongs to.</summary>
    public required string Keyspace { get; init; }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public required string Name { get; init; }

    /// <summary>The types of its arguments, in order.</summary>
    public required IReadOnlyList<CqlType> ArgumentTypes { get; init; }

    /// <summary>The types of its arguments as CQL declares them, in order.</summary>
    public required IReadOnlyList<string> DeclaredArgumentTypes { get; init; }

    /// <summary>The function, of the same keyspace, that takes the state and a row's values and gives the new state.</summary>
    public required string StateFunction { get; init; }

    /// <summary>The type of the state.</summary>
    public required CqlType StateType { get; init; }

    /// <summary>The type of the state as CQL declares it.</summary>
    public required string DeclaredStateType { get; init; }

    /// <summary>The function, of the same keyspace, that makes the result of the last state; null when that is the result.</summary>
    public string? FinalFunction { get; init; }

    /// <summary>The state before the first row, as CQL writes it; null for null.</summary>
    public string? InitialCondition { get; init; }

    /// <summary>What it returns.</summary>
    public required CqlType ReturnType { get; init; }

    /// <summary>DSE: the result depends on the rows only. Null where the server does not know the notion.</summary>
    public bool? IsDeterministic { get; init; }

    /// <summary>Name and argument types, for example <c>total(int)</c>.</summary>
    public string Signature => FunctionMetadata.SignatureOf(Name, DeclaredArgumentTypes);

    /// <summary>The statement that makes it; its functions must be there before.</summary>
    public string ToCql()
    {
        var text = new StringBuilder("CREATE AGGREGATE ").Append(CqlIdentifier.ToCql(Keyspace)).Append('.').Append(Signature)
            .Append("\n    SFUNC ").Append(CqlIdentifier.ToCql(StateFunction))
            .Append("\n    STYPE ").Append(CqlTypeText.Unfrozen(DeclaredStateType));
        if (FinalFunction is not null)
        {
            text.Append("\n    FINALFUNC ").Append(CqlIdentifier.ToCql(FinalFunction));
        }

        if (InitialCondition is not null)
        {
            text.Append("\n    INITCOND ").Append(InitialCondition);
        }

        if (IsDeterministic == true)
        {
            text.Append("\n    DETERMINISTIC");
        }

        return text.Append(';').ToString();
    }

    /// <summary>The statement that makes it.</summary>
    public override string ToString() => ToCql();
}
