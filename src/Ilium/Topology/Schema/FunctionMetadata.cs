using System.Text;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>An argument of a user-defined function. Immutable.</summary>
/// <param name="Name">Its name, without quotes, in its own case.</param>
/// <param name="Type">Its type.</param>
/// <param name="DeclaredType">Its type as CQL declares it.</param>
public sealed record FunctionArgument(string Name, CqlType Type, string DeclaredType);

/// <summary>A user-defined function. Functions of one name differ by the types of their arguments. Immutable.</summary>
public sealed class FunctionMetadata
{
    internal FunctionMetadata()
    {
    }

    /// <summary>The keyspace it belongs to.</summary>
    public required string Keyspace { get; init; }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments, in order.</summary>
    public required IReadOnlyList<FunctionArgument> Arguments { get; init; }

    /// <summary>What it returns.</summary>
    public required CqlType ReturnType { get; init; }

    /// <summary>What it returns, as CQL declares it.</summary>
    public required string DeclaredReturnType { get; init; }

    /// <summary>The language of <see cref="Body"/>, for example <c>java</c>.</summary>
    public required string Language { get; init; }

    /// <summary>What it does.</summary>
    public required string Body { get; init; }

    /// <summary>True when it runs for arguments that are null; false when the result is null then.</summary>
    public required bool IsCalledOnNullInput { get; init; }

    /// <summary>DSE: the result depends on the arguments only. Null where the server does not know the notion.</summary>
    public bool? IsDeterministic { get; init; }

    /// <summary>DSE: the result grows with every argument. Null where the server does not know the notion.</summary>
    public bool? IsMonotonic { get; init; }

    /// <summary>DSE: the arguments the result grows with; empty when none is named.</summary>
    public IReadOnlyList<string> MonotonicOn { get; init; } = [];

    /// <summary>Name and argument types, for example <c>plus(int, int)</c>.</summary>
    public string Signature => SignatureOf(Name, Arguments.Select(static argument => argument.DeclaredType));

    /// <summary>The statement that makes it; types it uses must be there before.</summary>
    public string ToCql()
    {
        var arguments = Arguments.Select(static argument => $"{CqlIdentifier.ToCql(argument.Name)} {CqlTypeText.Unfrozen(argument.DeclaredType)}");
        var text = new StringBuilder("CREATE FUNCTION ").Append(CqlIdentifier.ToCql(Keyspace)).Append('.').Append(CqlIdentifier.ToCql(Name))
            .Append('(').AppendJoin(", ", arguments).Append(")\n    ")
            .Append(IsCalledOnNullInput ? "CALLED" : "RETURNS NULL").Append(" ON NULL INPUT\n    RETURNS ")
            .Append(CqlTypeText.Unfrozen(DeclaredReturnType)).Append('\n');
        if (IsDeterministic == true)
        {
            text.Append("    DETERMINISTIC\n");
        }

        if (IsMonotonic == true)
        {
            text.Append("    MONOTONIC\n");
        }
        else if (MonotonicOn.Count > 0)
        {
            text.Append("    MONOTONIC ON ").Append(CqlIdentifier.ToCql(MonotonicOn[0])).Append('\n');
        }

        // A body that holds the dollars itself, or lends one to those that end it, has to be a text constant.
        var body = Body.Contains("$$", StringComparison.Ordinal) || Body.EndsWith('$') ? CqlLiteral.Text(Body) : $"$${Body}$$";
        return text.Append("    LANGUAGE ").Append(Language).Append("\n    AS ").Append(body).Append(';').ToString();
    }

    /// <summary>The statement that makes it.</summary>
    public override string ToString() => ToCql();

    internal static string SignatureOf(string name, IEnumerable<string> argumentTypes) =>
        $"{CqlIdentifier.ToCql(name)}({string.Join(", ", argumentTypes.Select(CqlTypeText.Unfrozen))})";
}
